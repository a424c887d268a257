// Which pictures are chosen, in the order of choosing.

/** Return the chosen with one more, or without it if it was chosen. */
export function toggled(chosen, id) {
  return chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id];
}

/** Return the chosen with everything from one picture up to another, in the order of the wall. */
export function ranged(chosen, order, from, to) {
  const [a, b] = [order.indexOf(from), order.indexOf(to)];
  if (b < 0) return chosen;
  const some = a < 0 ? [to] : order.slice(Math.min(a, b), Math.max(a, b) + 1);
  return [...chosen, ...(a > b ? some.reverse() : some).filter((one) => !chosen.includes(one))];
}

/** Return what to compare: those chosen and the one looked at, at most four. */
export function compared(chosen, at) {
  const others = chosen.filter((one) => one !== at);
  return at === null ? others.slice(0, 4) : [...others.slice(0, 3), at];
}
