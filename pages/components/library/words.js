// What is said of a picture, for the eye and for a screen reader.

/** Return five stars of which some are full. */
export function starSigns(rating) {
  const full = rating ?? 0;
  return "★".repeat(full) + "☆".repeat(5 - full);
}

/** Return what people said of a picture, such as "4 stars, approved". */
export function saidOf({ rating, verdict, words }) {
  const parts = [words || null, rating ? `${rating} ${rating === 1 ? "star" : "stars"}` : null, verdict];
  return parts.filter(Boolean).join(", ");
}

/** Return the name of a tile for a screen reader. */
export function nameOf(tile) {
  const said = saidOf(tile);
  return said ? `${tile.prompt}, ${said}` : tile.prompt;
}

/** Return "12 of 67"; without a known place only how many there are. */
export function placeWords(first, at, total) {
  return first === null ? `of ${total}` : `${(first + at + 1).toLocaleString()} of ${total}`;
}
