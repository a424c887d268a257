// The viewer: one picture over the whole page, judged, walked and looked at by keys.

import { button, make, write } from "./dom.js";
import { Drawer } from "./drawer.js";
import { actionOf, isField, isPress } from "./keys.js";
import { Stage } from "./stage.js";
import { keysOf } from "./wall.js";
import { placeWords, saidOf, starSigns } from "./words.js";

/** Pictures of the filmstrip on each side of the one that is shown. */
const STRIP = 14;
const TOAST = 4000;

export class Viewer {
  constructor(hands, help) {
    this.hands = hands;
    this.help = help;
    this.way = "picture";
    this.thumbs = new Map();
    this.model = null;
    this.stage = new Stage({
      walk: (way) => this.walk(way),
      zoomed: (words) => write(this.zoom, words),
    });
    this.drawer = new Drawer(hands);
    this.said = make("p", { className: "said", role: "status" });
    this.toast = make("div", { className: "toast", hidden: true });
    this.strip = make("div", { className: "strip", role: "group", "aria-label": "Filmstrip" });
    this.dialog = make(
      "dialog",
      { className: "viewer", tabindex: "-1", "aria-label": "Picture" },
      this.makeHead(),
      this.makeStage(),
      this.makeJudging(),
      this.drawer.element,
      this.strip,
      this.said,
      this.toast,
    );
    this.dialog.addEventListener("keydown", (event) => this.press(event));
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.hands.close();
    });
    // however it was closed: the address and the focus follow
    this.dialog.addEventListener("close", () => this.hands.close());
  }

  stop() {
    clearTimeout(this.toasting);
    this.stage.stop();
  }

  makeHead() {
    const back = button("← All pictures", "All pictures", () => this.hands.close(), { key: "Esc", className: "back" });
    this.place = make("span", { className: "place" });
    this.zoom = button("Fit", "Fit or 100 %", () => this.stage.toggle(), { key: "Z" });
    this.review = button("Review", "Review: judge, and the next one comes", () => this.toggleReview(), { key: "R" });
    this.compare = button("Compare", "Compare those chosen with this one", () => this.hands.compare(this.at), { key: "C" });
    this.facts = button("Facts", "Facts and actions", () => this.toggleFacts(), { key: "I", "aria-controls": "drawer" });
    const keys = button("?", "All keys", () => this.help.toggle(), { key: "?" });
    return make("header", {}, back, this.place, make("span", { className: "gap" }), this.review, this.zoom, this.compare, this.facts, keys);
  }

  makeStage() {
    const quiet = { className: "walk" };
    this.left = button("‹", "The picture before", () => this.walk("left"), { ...quiet, key: "←" });
    this.right = button("›", "The next picture", () => this.walk("right"), { ...quiet, key: "→" });
    this.left.classList.add("left");
    this.right.classList.add("right");
    return make("main", {}, this.left, this.stage.element, this.right);
  }

  makeJudging() {
    this.stars = [1, 2, 3, 4, 5].map((stars) =>
      button("☆", `${stars} of 5 stars`, () => this.judge({ rating: stars }), { key: String(stars) }),
    );
    const spoken = { className: "act", "aria-label": null }; // their words say it
    this.approve = button("✓ Approve", "Approve", () => this.mark("approved"), { key: "F", ...spoken });
    this.reject = button("✕ Reject", "Reject", () => this.mark("rejected"), { key: "X", ...spoken });
    this.pick = button("Choose", "Choose", () => this.hands.choose(this.at), { key: "Space", ...spoken });
    const stars = make("span", { className: "stars", role: "group", "aria-label": "Stars" }, ...this.stars);
    return make("div", { className: "judging", role: "group", "aria-label": "Judgement" }, stars, this.approve, this.reject, this.pick);
  }

  /** Open over the page; `way` is picture, or review where every judgement brings the next one. */
  open(way) {
    this.way = way;
    this.review.setAttribute("aria-pressed", String(way === "review"));
    if (this.dialog.open) return;
    this.dialog.classList.toggle("bare", way === "review" || window.innerWidth < 700);
    this.dialog.showModal();
    this.dialog.focus();
  }

  close() {
    if (this.dialog.open) this.dialog.close();
  }

  draw(model, at) {
    this.model = model;
    if (!this.dialog.open || at === null) return;
    const place = model.tiles.findIndex((tile) => tile.id === at);
    if (place < 0) {
      this.leave();
      return;
    }
    const tile = model.tiles[place];
    const isOther = this.at !== at;
    this.at = at;
    this.number = place;
    this.stage.show(tile);
    this.stage.place();
    write(this.place, placeWords(model.first, place, model.total));
    this.left.disabled = place === 0 && !model.hasNewer;
    this.right.disabled = place === model.tiles.length - 1 && !model.hasOlder;
    this.drawJudgement(tile);
    this.drawStrip(place);
    if (isOther) this.fetchAround(place);
    this.drawer.show(tile, model.details);
    this.dialog.setAttribute("aria-label", `${this.place.textContent}: ${tile.prompt}`);
    write(this.said, [this.place.textContent, tile.prompt, saidOf(tile)].filter(Boolean).join(", "));
    this.facts.setAttribute("aria-expanded", String(!this.dialog.classList.contains("bare")));
    if (model.problem && model.problem !== this.problem) this.say(model.problem);
    this.problem = model.problem;
  }

  /** Go on to what has taken the place of a picture that is gone, or back to the wall. */
  leave() {
    const next = this.model.tiles[Math.min(this.number ?? 0, this.model.tiles.length - 1)];
    if (next) this.hands.look(next.id);
    else this.hands.close();
  }

  drawJudgement(tile) {
    const signs = starSigns(tile.rating);
    this.stars.forEach((star, at) => {
      write(star, signs[at]);
      star.setAttribute("aria-pressed", String(tile.rating === at + 1));
    });
    for (const [mark, verdict] of [[this.approve, "approved"], [this.reject, "rejected"]]) {
      mark.setAttribute("aria-pressed", String(tile.verdict === verdict));
    }
    write(this.approve, tile.verdict === "approved" ? "✓ Approved" : "✓ Approve");
    write(this.reject, tile.verdict === "rejected" ? "✕ Rejected" : "✕ Reject");
    const { chosen } = this.model;
    const isChosen = chosen.includes(tile.id);
    this.pick.setAttribute("aria-pressed", String(isChosen));
    write(this.pick, isChosen ? `Chosen, ${chosen.length} in all` : "Choose");
  }

  drawStrip(place) {
    const { tiles } = this.model;
    const shown = tiles.slice(Math.max(0, place - STRIP), place + STRIP + 1);
    const ids = new Set(shown.map((tile) => tile.id));
    for (const [id, thumb] of this.thumbs) {
      if (ids.has(id)) continue;
      thumb.remove();
      this.thumbs.delete(id);
    }
    let last = null;
    for (const tile of shown) {
      const thumb = this.thumbs.get(tile.id) ?? this.makeThumb(tile);
      this.drawThumb(thumb, tile);
      const next = last ? last.nextSibling : this.strip.firstChild;
      if (next !== thumb) this.strip.insertBefore(thumb, next);
      last = thumb;
    }
    const now = this.thumbs.get(this.at);
    this.strip.scrollLeft = now.offsetLeft - (this.strip.clientWidth - now.offsetWidth) / 2;
  }

  /** Have the pictures on both sides ready before somebody walks there. */
  fetchAround(place) {
    const { tiles } = this.model;
    for (const near of [tiles[place + 1], tiles[place + 2], tiles[place - 1]]) {
      if (near?.picture) new Image().src = near.picture;
    }
  }

  makeThumb(tile) {
    const thumb = make("button", { type: "button", tabindex: "-1", click: () => this.hands.look(tile.id) });
    this.thumbs.set(tile.id, thumb);
    return thumb;
  }

  drawThumb(thumb, tile) {
    const isNow = tile.id === this.at;
    thumb.style.aspectRatio = String(tile.ratio);
    thumb.setAttribute("aria-label", tile.prompt);
    if (isNow) thumb.setAttribute("aria-current", "true");
    else thumb.removeAttribute("aria-current");
    if (tile.thumbnail && !thumb.firstChild) thumb.append(make("img", { src: tile.thumbnail, alt: "" }));
  }

  press(event) {
    const target = event.target;
    const isTyping = isField(target);
    event.stopPropagation();
    if (event.key === "Escape") {
      event.preventDefault();
      if (isTyping) {
        target.blur();
        this.dialog.focus();
      } else this.hands.close();
      return;
    }
    const action = actionOf({ ...keysOf(event), isTyping }, "viewer");
    if (!action || isPress(event.key, target)) return;
    event.preventDefault();
    this.carryOut(action);
  }

  carryOut(action) {
    const own = {
      walk: () => this.walk(action.way),
      rating: () => this.judge({ rating: action.value }),
      verdict: () => this.mark(action.value),
      zoom: () => this.stage.toggle(),
      nearer: () => this.stage.step("nearer"),
      farther: () => this.stage.step("farther"),
      facts: () => this.toggleFacts(),
      review: () => this.toggleReview(),
    }[action.name];
    if (own) own();
    else this.hands.act(action, this.at);
  }

  walk(way) {
    const { tiles } = this.model;
    const to = { left: this.number - 1, right: this.number + 1, first: 0, last: tiles.length - 1 }[way];
    if (tiles[to]) this.hands.look(tiles[to].id);
  }

  judge(changes) {
    const id = this.at;
    this.hands.judge(id, changes);
    this.goOn();
  }

  mark(verdict) {
    this.hands.mark(this.at, verdict);
    this.goOn();
  }

  /** Bring the next picture in a review, and say what was done with a way back. */
  goOn() {
    const done = saidOf(this.model.tiles.find((tile) => tile.id === this.at) ?? {}) || "Judgement cleared";
    if (this.way !== "review") return;
    const isLast = this.number === this.model.tiles.length - 1 && !this.model.hasOlder;
    if (!isLast) this.walk("right");
    this.say(isLast ? `${done}. That was the last one.` : done, true);
  }

  toggleReview() {
    this.open(this.way === "review" ? "picture" : "review");
    this.hands.look(this.at);
    this.say(this.way === "review" ? "Review: each judgement brings the next picture." : "Review is off.");
  }

  toggleFacts() {
    const isBare = this.dialog.classList.toggle("bare");
    this.facts.setAttribute("aria-expanded", String(!isBare));
    if (isBare) this.dialog.focus();
  }

  /** Say a sentence for a while, with Undo where there is something to undo. */
  say(words, hasUndo = false) {
    clearTimeout(this.toasting);
    const undo = make("button", { type: "button", className: "act", click: () => this.hands.undo() }, "Undo");
    this.toast.replaceChildren(make("span", {}, words), ...(hasUndo ? [undo] : []));
    this.toast.hidden = false;
    this.toasting = setTimeout(() => {
      this.toast.hidden = true;
    }, TOAST);
  }
}
