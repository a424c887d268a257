import assert from "node:assert/strict";
import test from "node:test";

import { actionOf, OVERVIEW } from "../../pages/components/library/keys.js";
import { layOut, neighbour } from "../../pages/components/library/layout.js";
import { asAsked, newQueue, waiting, withAct, withoutDone } from "../../pages/components/library/queue.js";
import { compared, ranged, toggled } from "../../pages/components/library/selection.js";
import { nameOf, placeWords, starSigns } from "../../pages/components/library/words.js";
import { FIT, fitted, kept, nearer, swipe, wholeZoom, zoomWords } from "../../pages/components/library/zoom.js";

const RATIOS = [1, 3 / 2, 2 / 3, 16 / 9, 9 / 16, 4 / 5];
const many = (count, perDay = 40) =>
  Array.from({ length: count }, (_, n) => ({
    id: `p${n}`,
    day: `day ${Math.floor(n / perDay)}`,
    ratio: RATIOS[n % RATIOS.length],
  }));
const rowsOf = (boxes) => {
  const rows = new Map();
  for (const box of boxes.values()) rows.set(box.y, [...(rows.get(box.y) ?? []), box]);
  return rows;
};

for (const width of [320, 390, 1000, 1440, 2560]) {
  test(`every full row is as wide as a wall of ${width} px, and no picture is bent`, () => {
    const tiles = many(200);
    const { boxes, height } = layOut(tiles, { width, target: 200, gap: 8 });
    assert.equal(boxes.size, 200);
    const rows = [...rowsOf(boxes).values()];
    const ends = rows.map((row) => Math.max(...row.map((box) => box.x + box.width)));
    assert.ok(ends.every((end) => end <= width));
    // the last row of each of the five days may end early
    assert.ok(ends.filter((end) => end < width).length <= 5);
    for (const tile of tiles) {
      const box = boxes.get(tile.id);
      assert.ok(Math.abs(box.width - tile.ratio * box.height) <= 2 + 0.03 * box.width, `${tile.id}`);
      assert.ok(box.y + box.height <= height);
    }
  });
}

test("rows are about as high as wished, and pictures of a row do not touch", () => {
  const { boxes } = layOut(many(120), { width: 1200, target: 200, gap: 8 });
  for (const row of rowsOf(boxes).values()) {
    assert.ok(row[0].height >= 120 && row[0].height <= 280, `${row[0].height}`);
    for (let at = 1; at < row.length; at += 1) {
      assert.equal(row[at].x - (row[at - 1].x + row[at - 1].width), 8);
    }
  }
});

test("each day has one heading above its pictures", () => {
  const { boxes, headings } = layOut(many(90), { width: 800, target: 150, gap: 8 });
  assert.deepEqual(headings.map((heading) => heading.day), ["day 0", "day 1", "day 2"]);
  for (const { y, ids } of headings) {
    assert.ok(ids.every((id) => boxes.get(id).y > y));
  }
  assert.ok(boxes.get("p39").y < headings[1].y);
});

test("an empty wall has no height", () => {
  assert.equal(layOut([], { width: 800, target: 150, gap: 8 }).height, 0);
});

test("arrows go to the picture that the eye finds there", () => {
  const tiles = many(40);
  const order = tiles.map((tile) => tile.id);
  const { boxes } = layOut(tiles, { width: 900, target: 180, gap: 8 });
  assert.equal(neighbour(order, boxes, "p5", "right"), "p6");
  assert.equal(neighbour(order, boxes, "p5", "left"), "p4");
  assert.equal(neighbour(order, boxes, "p0", "left"), null);
  assert.equal(neighbour(order, boxes, "p0", "up"), null);
  const below = neighbour(order, boxes, "p0", "down");
  assert.ok(boxes.get(below).y > boxes.get("p0").y);
  assert.equal(boxes.get(below).x, 0);
  assert.equal(neighbour(order, boxes, below, "up"), "p0");
});

const press = (key, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, isTyping: false, ...more });

test("keys judge, walk and look", () => {
  assert.deepEqual(actionOf(press("4"), "viewer"), { name: "rating", value: 4 });
  assert.deepEqual(actionOf(press("0"), "wall"), { name: "rating", value: null });
  assert.deepEqual(actionOf(press("F"), "viewer"), { name: "verdict", value: "approved" });
  assert.deepEqual(actionOf(press("x"), "wall"), { name: "verdict", value: "rejected" });
  assert.deepEqual(actionOf(press("ArrowRight"), "viewer"), { name: "walk", way: "right" });
  assert.deepEqual(actionOf(press(" "), "wall"), { name: "choose" });
  for (const [key, name] of [["z", "zoom"], ["i", "facts"], ["r", "review"], ["?", "help"], ["c", "compare"]]) {
    assert.equal(actionOf(press(key), "viewer").name, name);
  }
  assert.deepEqual(actionOf(press("z", { ctrlKey: true }), "viewer"), { name: "undo" });
});

test("keys mean nothing while somebody types, nor together with keys of the browser", () => {
  for (const key of ["1", "f", "x", "ArrowLeft", "?"]) {
    assert.equal(actionOf(press(key, { isTyping: true }), "viewer"), null);
    assert.equal(actionOf(press(key, { altKey: true }), "viewer"), null);
    assert.equal(actionOf(press(key, { ctrlKey: true }), "wall"), null);
  }
  for (const key of ["6", "q", "Tab", "Enter", "Escape", "F5", "constructor", "toString"]) {
    assert.equal(actionOf(press(key), "viewer"), null, key);
  }
});

test("the overview names every key once", () => {
  const keys = OVERVIEW.flatMap(([, some]) => some.map(([key]) => key));
  assert.equal(new Set(keys).size, keys.length);
});

test("choosing one again leaves it out, and the order of choosing stays", () => {
  assert.deepEqual(toggled(["b"], "a"), ["b", "a"]);
  assert.deepEqual(toggled(["b", "a"], "b"), ["a"]);
});

test("a range goes from the last choice in either direction, and takes nothing away", () => {
  const order = ["a", "b", "c", "d", "e"];
  assert.deepEqual(ranged(["b"], order, "b", "d"), ["b", "c", "d"]);
  assert.deepEqual(ranged(["d"], order, "d", "b"), ["d", "c", "b"]);
  assert.deepEqual(ranged(["e"], order, "a", "b"), ["e", "a", "b"]);
  assert.deepEqual(ranged([], order, null, "c"), ["c"]);
  assert.deepEqual(ranged(["a"], order, "a", "gone"), ["a"]);
});

test("at most four are compared, the one looked at among them", () => {
  assert.deepEqual(compared(["a", "b", "c", "d", "e"], "x"), ["a", "b", "c", "x"]);
  assert.deepEqual(compared(["a", "b"], "b"), ["a", "b"]);
  assert.deepEqual(compared([], "x"), ["x"]);
});

test("no star is lost while the server is slow", () => {
  let queue = newQueue("me");
  for (let n = 1; n <= 20; n += 1) {
    queue = withAct(queue, { kind: "judge", id: `p${n}`, changes: { rating: (n % 5) + 1 } });
  }
  assert.equal(queue.acts.length, 20);
  queue = withoutDone(queue, { client: "me", number: 7 });
  assert.deepEqual(queue.acts.map((act) => act.number), [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  assert.equal(withoutDone(queue, { client: "another", number: 20 }).acts.length, 13);
  assert.equal(withoutDone(queue, null).acts.length, 13);
  assert.equal(withoutDone(queue, { client: "me", number: 20 }).acts.length, 0);
});

test("of looks and choices only the last one counts", () => {
  let queue = newQueue("me");
  queue = withAct(queue, { kind: "look", id: "a" });
  queue = withAct(queue, { kind: "judge", id: "a", changes: { rating: 3 } });
  queue = withAct(queue, { kind: "look", id: "b" });
  assert.deepEqual(queue.acts.map(({ kind, number }) => [kind, number]), [["judge", 2], ["look", 3]]);
  assert.equal(waiting(queue, "look").id, "b");
  assert.equal(waiting(queue, "choose"), null);
});

test("a picture is shown as it will be", () => {
  let queue = newQueue("me");
  queue = withAct(queue, { kind: "judge", id: "a", changes: { rating: 3 } });
  queue = withAct(queue, { kind: "judge", id: "a", changes: { verdict: "approved" } });
  queue = withAct(queue, { kind: "judge", id: "b", changes: { rating: 1 } });
  queue = withAct(queue, { kind: "judge", id: "a", changes: { rating: 5 } });
  const tile = { id: "a", rating: null, verdict: null };
  assert.deepEqual(asAsked(tile, queue), { id: "a", rating: 5, verdict: "approved" });
  assert.deepEqual(tile, { id: "a", rating: null, verdict: null });
});

test("a picture fits its stage, whatever its shape", () => {
  assert.deepEqual(fitted(2, { width: 1000, height: 800 }), { width: 1000, height: 500 });
  assert.deepEqual(fitted(0.5, { width: 1000, height: 800 }), { width: 400, height: 800 });
});

test("zooming keeps the point under the pointer, and the picture on its stage", () => {
  const room = { size: { width: 800, height: 800 }, stage: { width: 1000, height: 800 }, whole: 2 };
  const at = { x: 200, y: -100 };
  const view = nearer(FIT, 2, at, room);
  assert.equal(view.zoom, 2);
  assert.equal((at.x - view.x) / view.zoom, at.x);
  assert.equal((at.y - view.y) / view.zoom, at.y);
  assert.deepEqual(kept({ zoom: 2, x: 9999, y: -9999 }, room.size, room.stage), { zoom: 2, x: 300, y: -400 });
  assert.deepEqual(nearer(view, 0.001, at, room), FIT);
  assert.ok(nearer(view, 1000, at, room).zoom <= 8);
});

test("100 % is one pixel of the picture for one of the screen", () => {
  assert.equal(wholeZoom(1600, { width: 800 }, 1), 2);
  assert.equal(wholeZoom(1600, { width: 800 }, 2), 1);
  assert.equal(wholeZoom(0, { width: 800 }, 1), 1);
  assert.equal(zoomWords(FIT, 2), "Fit");
  assert.equal(zoomWords({ ...FIT, zoom: 2 }, 2), "100 %");
});

test("a swipe is long and level", () => {
  assert.equal(swipe(-120, 10), "right");
  assert.equal(swipe(120, 10), "left");
  assert.equal(swipe(20, 0), null);
  assert.equal(swipe(80, 80), null);
});

test("a screen reader hears the prompt and what people said of it", () => {
  const tile = { prompt: "a boat", words: "", rating: 1, verdict: "approved" };
  assert.equal(nameOf(tile), "a boat, 1 star, approved");
  assert.equal(nameOf({ ...tile, rating: null, verdict: null }), "a boat");
  assert.equal(nameOf({ ...tile, words: "Failed", rating: null, verdict: null }), "a boat, Failed");
  assert.equal(starSigns(2), "★★☆☆☆");
  assert.equal(starSigns(null), "☆☆☆☆☆");
  assert.equal(placeWords(0, 11, "67"), "12 of 67");
  assert.equal(placeWords(null, 11, "1,000+"), "of 1,000+");
});
