// What was done and is not known to be stored yet. Every act has a number and is sent again with
// those after it until the server names its number, so that no star of a fast hand is lost.

/** Return an empty queue; `client` tells the acts of this wall from those of another. */
export function newQueue(client) {
  return { client, last: 0, acts: [] };
}

/** Return the queue with one more act; where only the last one counts, it replaces those before. */
export function withAct(queue, act) {
  const last = queue.last + 1;
  const kept = REPLACED.has(act.kind)
    ? queue.acts.filter((one) => one.kind !== act.kind)
    : queue.acts;
  return { ...queue, last, acts: [...kept, { ...act, number: last }] };
}

const REPLACED = new Set(["look", "choose", "more"]);

/** Return the queue without what the server has done; `done` is { client, number }. */
export function withoutDone(queue, done) {
  if (done?.client !== queue.client) return queue;
  return { ...queue, acts: queue.acts.filter((one) => one.number > done.number) };
}

/** Return a picture as it will be once every act is done. */
export function asAsked(tile, queue) {
  let shown = tile;
  for (const act of queue.acts) {
    if (act.kind === "judge" && act.id === tile.id) shown = { ...shown, ...act.changes };
  }
  return shown;
}

/** Return what the last act of a kind says that is not done yet, or null. */
export function waiting(queue, kind) {
  return queue.acts.findLast((one) => one.kind === kind) ?? null;
}
