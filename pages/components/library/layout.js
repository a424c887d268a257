// Where the pictures of the wall stand: rows as wide as the wall, every picture in its own shape.

/** Headings above days, in pixels. */
export const HEADING = 40;
const TALLEST = 1.4;

/**
 * Return the place of every tile and heading.
 *
 * `tiles` have an id, a day and a ratio (width by height) and come in the order of the wall; a row
 * is about `target` pixels high. The result holds the height of the wall, `boxes` (by id: x, y,
 * width, height) and `headings` (day, y, ids).
 */
export function layOut(tiles, { width, target, gap }) {
  const boxes = new Map();
  const headings = [];
  let y = 0;
  for (const [day, some] of byDay(tiles)) {
    headings.push({ day, y, ids: some.map((tile) => tile.id) });
    y += HEADING;
    for (const row of rowsOf(some, { width, target, gap })) {
      placeRow(row, { width, gap, y, boxes });
      y += row.height + gap;
    }
  }
  return { height: Math.max(0, y - gap), boxes, headings };
}

/** Return the id of the tile to the left, right, above or below of one, or null at the edge. */
export function neighbour(order, boxes, id, way) {
  const at = order.indexOf(id);
  if (at < 0) return order[0] ?? null;
  if (way === "left") return order[at - 1] ?? null;
  if (way === "right") return order[at + 1] ?? null;
  const here = boxes.get(id);
  const middle = here.x + here.width / 2;
  const beyond = order.filter((one) =>
    way === "down" ? boxes.get(one).y > here.y : boxes.get(one).y < here.y,
  );
  if (!beyond.length) return null;
  const ys = beyond.map((one) => boxes.get(one).y);
  const line = way === "down" ? Math.min(...ys) : Math.max(...ys);
  const off = (one) => Math.abs(boxes.get(one).x + boxes.get(one).width / 2 - middle);
  return beyond
    .filter((one) => boxes.get(one).y === line)
    .reduce((best, one) => (off(one) < off(best) ? one : best));
}

function byDay(tiles) {
  const days = [];
  for (const tile of tiles) {
    if (days.at(-1)?.[0] !== tile.day) days.push([tile.day, []]);
    days.at(-1)[1].push(tile);
  }
  return days;
}

function rowsOf(tiles, { width, target, gap }) {
  const rows = [];
  let row = [];
  const close = (height) => {
    if (row.length) rows.push({ tiles: row, height });
    row = [];
  };
  for (const tile of tiles) {
    const before = full(row, width, gap);
    const after = full([...row, tile], width, gap);
    // one more would make the row lower than wished: keep whichever is nearer to it
    if (row.length && after < target && before - target < target - after && before <= target * TALLEST) {
      close(before);
    }
    row.push(tile);
    const height = full(row, width, gap);
    if (height <= target) close(height);
  }
  close(Math.min(target, full(row, width, gap)));
  return rows.map(({ tiles: some, height }) => ({ tiles: some, height: Math.max(1, Math.round(height)) }));
}

/** Return the height at which a row is exactly as wide as the wall. */
function full(row, width, gap) {
  const ratios = row.reduce((sum, tile) => sum + tile.ratio, 0);
  return (width - gap * (row.length - 1)) / ratios;
}

function placeRow({ tiles, height }, { width, gap, y, boxes }) {
  const ratios = tiles.reduce((sum, tile) => sum + tile.ratio, 0);
  const wide = Math.min(width, ratios * height + gap * (tiles.length - 1));
  const share = (wide - gap * (tiles.length - 1)) / ratios;
  // a row that is all but as wide as the wall ends at its edge, to the pixel
  const end = width - wide < tiles.length ? width : Math.round(wide);
  let sum = 0;
  tiles.forEach((tile, at) => {
    const x = Math.round(sum * share) + gap * at;
    sum += tile.ratio;
    const next = at === tiles.length - 1 ? end : Math.round(sum * share) + gap * at;
    boxes.set(tile.id, { x, y, width: Math.max(1, next - x), height });
  });
}
