// The wall: pictures in rows of their own shapes, below the days on which they were made.

import { button, make, write } from "./dom.js";
import { actionOf, isField, isPress } from "./keys.js";
import { layOut, neighbour } from "./layout.js";
import { nameOf, starSigns } from "./words.js";

const GAP = 8;
/** How far above the end of the wall, in pixels, the next pictures are asked for. */
const AHEAD = 1500;

export class Wall {
  /** `hands` carries out what is asked for: open, choose, chooseUpTo, judge, compare, … */
  constructor(place, hands) {
    this.hands = hands;
    this.model = null;
    this.width = 0;
    this.boxes = new Map();
    this.tiles = new Map();
    this.headings = new Map();
    this.current = null;
    this.place = place;
    this.newer = this.turning("Newer pictures", "newer");
    this.field = make("div", { className: "field" });
    this.older = this.turning("Older pictures", "older");
    this.end = make("div", { className: "end", "aria-hidden": "true" });
    this.over = this.makeOver();
    place.append(this.newer, this.field, this.older);
    this.listen();
  }

  turning(words, side) {
    const press = () => this.hands.turn(side);
    return make("p", { className: "turning", hidden: true }, make("button", { type: "button", click: press }, words));
  }

  listen() {
    this.field.addEventListener("keydown", (event) => this.press(event));
    this.field.addEventListener("keyup", (event) => {
      // Space has chosen the picture already; it must not open it too
      if (event.key === " " && event.target.matches?.(".open")) event.preventDefault();
    });
    this.field.addEventListener("focusin", (event) => {
      const id = tileOf(event.target);
      if (id) this.point(id);
    });
    this.field.addEventListener("pointerover", (event) => {
      const id = tileOf(event.target);
      if (id && event.pointerType !== "touch") this.showOver(id);
    });
    this.field.addEventListener("pointerleave", () => this.showOver(null));
    this.sizes = new ResizeObserver(() => {
      if (this.model && Math.abs(this.field.clientWidth - this.width) > 1) this.arrange();
    });
    this.sizes.observe(this.field);
    this.ends = new IntersectionObserver((seen) => {
      this.isEndSeen = seen.at(-1).isIntersecting;
      this.askForMore();
    });
    this.ends.observe(this.end);
  }

  stop() {
    this.sizes.disconnect();
    this.ends.disconnect();
  }

  draw(model) {
    const before = this.model;
    this.model = model;
    this.order = model.tiles.map((tile) => tile.id);
    if (!this.order.includes(this.current)) this.current = this.order[0] ?? null;
    this.newer.hidden = !model.hasNewer;
    this.older.hidden = !(model.hasOlder && model.isFull);
    for (const tile of model.tiles) this.drawTile(tile);
    if (!before || before.height !== model.height || !isSameShape(before.tiles, model.tiles)) this.arrange();
    this.showOver(this.order.includes(this.overId) ? this.overId : null);
    this.askForMore();
  }

  arrange() {
    this.width = this.field.clientWidth;
    if (!this.width) return;
    const { tiles, height } = this.model;
    const target = Math.min(height, Math.max(96, this.width * 0.6));
    const { height: whole, boxes, headings } = layOut(tiles, { width: this.width, target, gap: GAP });
    this.boxes = boxes;
    this.field.style.height = `${whole}px`;
    this.placeAll(headings);
    this.end.style.top = `${Math.max(0, whole - AHEAD)}px`;
    this.end.style.height = `${Math.min(whole, AHEAD)}px`;
  }

  placeAll(headings) {
    const shown = new Set(this.order);
    for (const [id, tile] of this.tiles) {
      if (!shown.has(id)) {
        tile.element.remove();
        this.tiles.delete(id);
      }
    }
    const days = new Set(headings.map((heading) => heading.day));
    for (const [day, element] of this.headings) {
      if (!days.has(day)) {
        element.remove();
        this.headings.delete(day);
      }
    }
    let last = null;
    const follow = (element) => {
      const next = last ? last.nextSibling : this.field.firstChild;
      if (next !== element) this.field.insertBefore(element, next);
      last = element;
    };
    for (const { day, y, ids } of headings) {
      const heading = this.headings.get(day) ?? make("h2", { className: "day" }, day);
      this.headings.set(day, heading);
      heading.style.top = `${y}px`;
      follow(heading);
      for (const id of ids) {
        const { element } = this.tiles.get(id);
        const box = this.boxes.get(id);
        element.style.left = `${box.x}px`;
        element.style.top = `${box.y}px`;
        element.style.width = `${box.width}px`;
        element.style.height = `${box.height}px`;
        follow(element);
      }
    }
    follow(this.end);
  }

  drawTile(tile) {
    const shown = this.tiles.get(tile.id) ?? this.makeTile(tile);
    const isChosen = this.model.chosen.includes(tile.id);
    shown.element.classList.toggle("chosen", isChosen);
    shown.element.classList.toggle("waiting", tile.isWaiting);
    shown.open.tabIndex = tile.id === this.current ? 0 : -1;
    shown.open.setAttribute("aria-label", nameOf(tile));
    shown.pick.setAttribute("aria-pressed", String(isChosen));
    this.drawPicture(shown, tile);
    const marks = [tile.rating ? `★ ${tile.rating}` : null, tile.verdict, tile.isTrashed ? "in the trash" : null];
    const wanted = marks.filter(Boolean);
    if (shown.marks.dataset.said !== wanted.join("|")) {
      shown.marks.dataset.said = wanted.join("|");
      shown.marks.replaceChildren(...wanted.map((mark) => make("span", {}, mark)));
    }
  }

  drawPicture(shown, tile) {
    if (tile.thumbnail && shown.thumbnail !== tile.thumbnail) {
      const image = make("img", { alt: tile.prompt, loading: "lazy", decoding: "async", draggable: "false" });
      image.addEventListener("error", () => shown.element.classList.add("broken"));
      image.src = tile.thumbnail;
      shown.open.replaceChildren(image);
    } else if (!tile.thumbnail) {
      if (!shown.words) {
        shown.words = make("span", { className: "words" });
        shown.prompt = make("span", { className: "prompt" }, tile.prompt);
        shown.open.replaceChildren(shown.words, shown.prompt);
      }
      write(shown.words, tile.words);
    }
    shown.thumbnail = tile.thumbnail;
  }

  makeTile(tile) {
    const open = make("button", { className: "open", type: "button", click: (event) => this.click(event, tile.id) });
    const pick = button("✓", `Choose ${tile.prompt}`, () => this.hands.choose(tile.id), {
      className: "pick",
      tabindex: "-1",
    });
    const marks = make("span", { className: "marks", "aria-hidden": "true" });
    const element = make("div", { className: "tile", "data-id": tile.id }, open, marks, pick);
    const shown = { element, open, pick, marks, thumbnail: null, words: null };
    this.tiles.set(tile.id, shown);
    return shown;
  }

  /** What hangs over the tile under the pointer: one for the whole wall. */
  makeOver() {
    const judge = (changes) => this.hands.judge(this.overId, changes);
    this.stars = [1, 2, 3, 4, 5].map((stars) =>
      button("☆", `${stars} of 5 stars`, () => judge({ rating: stars }), { tabindex: "-1" }),
    );
    this.title = make("span", { className: "title" });
    const quiet = { tabindex: "-1" };
    this.approve = button("✓", "Approve", () => this.hands.mark(this.overId, "approved"), { ...quiet, key: "F" });
    this.reject = button("✕", "Reject", () => this.hands.mark(this.overId, "rejected"), { ...quiet, key: "X" });
    this.load = make("a", { tabindex: "-1", "aria-label": "Download", title: "Download", download: "" }, "↓");
    // a press keeps the focus where it is: what is hidden from a screen reader never has it
    const stay = (event) => event.preventDefault();
    return make(
      "div",
      { className: "over", "aria-hidden": "true", mousedown: stay },
      this.title,
      make("span", { className: "stars" }, ...this.stars),
      make("span", { className: "acts" }, this.approve, this.reject, this.load),
    );
  }

  showOver(id) {
    this.overId = id;
    const tile = id && this.model.tiles.find((one) => one.id === id);
    if (!tile) {
      this.over.remove();
      return;
    }
    write(this.title, tile.prompt);
    const signs = starSigns(tile.rating);
    this.stars.forEach((star, at) => write(star, signs[at]));
    this.approve.setAttribute("aria-pressed", String(tile.verdict === "approved"));
    this.reject.setAttribute("aria-pressed", String(tile.verdict === "rejected"));
    this.load.hidden = !tile.picture;
    if (tile.picture) {
      this.load.href = tile.picture;
      this.load.download = tile.file;
    }
    const { element } = this.tiles.get(id);
    if (this.over.parentNode !== element) element.append(this.over);
  }

  click(event, id) {
    if (event.shiftKey) this.hands.chooseUpTo(id);
    else if (event.ctrlKey || event.metaKey) this.hands.choose(id);
    else this.hands.open(id, "picture");
  }

  press(event) {
    const id = tileOf(event.target);
    const action = actionOf({ ...keysOf(event), isTyping: isField(event.target) }, "wall");
    const isTile = event.target.matches?.(".open");
    if (!id || !action || (isPress(event.key, event.target) && !isTile)) return;
    event.preventDefault();
    event.stopPropagation();
    if (action.name === "walk") this.walk(id, action.way);
    else this.hands.act(action, id);
  }

  walk(id, way) {
    const ends = { first: this.order[0], last: this.order.at(-1) };
    const to = ends[way] ?? neighbour(this.order, this.boxes, id, way);
    if (to) this.focus(to);
  }

  /** Make a tile the one that has the wall's place in the tab order. */
  point(id) {
    const before = this.tiles.get(this.current);
    if (before) before.open.tabIndex = -1;
    this.current = id;
    const now = this.tiles.get(id);
    if (now) now.open.tabIndex = 0;
  }

  focus(id) {
    const tile = this.tiles.get(id);
    if (!tile) return;
    this.point(id);
    tile.open.focus({ preventScroll: true });
    tile.element.scrollIntoView({ block: "nearest" });
  }

  askForMore() {
    const { model } = this;
    if (this.isEndSeen && model?.hasOlder && !model.isFull) this.hands.more("older");
  }
}

/** Return what a key event says, as a plain object. */
export function keysOf({ key, ctrlKey, metaKey, altKey }) {
  return { key, ctrlKey, metaKey, altKey };
}

function tileOf(element) {
  return element.closest?.(".tile")?.dataset.id ?? null;
}

function isSameShape(before, now) {
  return (
    before.length === now.length &&
    before.every((tile, at) => {
      const other = now[at];
      return tile.id === other.id && tile.day === other.day && tile.ratio === other.ratio;
    })
  );
}
