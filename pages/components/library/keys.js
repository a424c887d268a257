// What a key does, on the wall and in the viewer.

/** The keys as the overview shows them, in groups of [keys, what they do]. */
export const OVERVIEW = [
  ["Judge", [["1 – 5", "stars"], ["0", "no stars"], ["F", "approve"], ["X", "reject"], ["Ctrl Z", "undo"]]],
  ["Walk", [["← →", "the picture before and after"], ["Home End", "first and last"], ["R", "review: judge, and the next one comes"]]],
  ["Look", [["Z", "fit or 100 %"], ["+ −", "nearer, farther"], ["I", "facts"], ["?", "this list"], ["Esc", "back"]]],
  ["Choose", [["Space", "choose or leave out"], ["C", "compare those chosen with this one"], ["Shift click", "choose up to here"], ["Ctrl click", "choose one more"]]],
];

const IN_BOTH = new Map(Object.entries({
  f: { name: "verdict", value: "approved" },
  x: { name: "verdict", value: "rejected" },
  " ": { name: "choose" },
  c: { name: "compare" },
  "?": { name: "help" },
  ArrowLeft: { name: "walk", way: "left" },
  ArrowRight: { name: "walk", way: "right" },
  Home: { name: "walk", way: "first" },
  End: { name: "walk", way: "last" },
}));
const IN_VIEWER = new Map(Object.entries({
  z: { name: "zoom" },
  i: { name: "facts" },
  r: { name: "review" },
  "+": { name: "nearer" },
  "=": { name: "nearer" },
  "-": { name: "farther" },
}));
const ON_WALL = new Map(Object.entries({
  ArrowUp: { name: "walk", way: "up" },
  ArrowDown: { name: "walk", way: "down" },
}));

/**
 * Return what a key press asks for, or null. `place` is wall or viewer.
 *
 * Nothing is asked for while somebody types, nor by a key together with Alt, Ctrl or Meta, which
 * are the browser's; Ctrl and Z is undo.
 */
export function actionOf({ key, ctrlKey, metaKey, altKey, isTyping }, place) {
  if (isTyping || altKey) return null;
  const name = key.length === 1 ? key.toLowerCase() : key;
  if (ctrlKey || metaKey) return name === "z" ? { name: "undo" } : null;
  if (/^[0-5]$/.test(name)) return { name: "rating", value: Number(name) || null };
  const here = place === "viewer" ? IN_VIEWER : ON_WALL;
  return IN_BOTH.get(name) ?? here.get(name) ?? null;
}

/** Whether the element of an event is one that people type in. */
export function isField(element) {
  return Boolean(element?.matches?.("input, textarea, select, [contenteditable]"));
}

/**
 * Whether a key belongs to the button that has the focus: Space and Enter press it.
 */
export function isPress(key, element) {
  return (key === " " || key === "Enter") && Boolean(element?.matches?.("button, a, summary"));
}
