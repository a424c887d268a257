// The picture of the viewer on its calm ground: fit, 100 %, nearer and farther, moved by hand.

import { make } from "./dom.js";
import { FIT, fitted, kept, nearer, swipe, wholeZoom, zoomWords } from "./zoom.js";

const STEP = 1.25;

export class Stage {
  /** `walk` is called with left or right after a swipe, `zoomed` with words after a change. */
  constructor({ walk, zoomed }) {
    this.walk = walk;
    this.zoomed = zoomed;
    this.view = FIT;
    this.pointers = new Map();
    this.box = make("div", { className: "box" });
    this.words = make("p", { className: "blank", hidden: true });
    this.element = make("div", { className: "stage" }, this.box, this.words);
    this.renew(null);
    this.listen();
    this.sizes = new ResizeObserver(() => this.place());
    this.sizes.observe(this.element);
  }

  stop() {
    this.sizes.disconnect();
  }

  /** Show a picture; the small copy stands in until the large one has come. */
  show(tile) {
    if (tile.picture === this.picture && tile.id === this.id) {
      this.full.alt = tile.prompt;
      return;
    }
    this.id = tile.id;
    this.picture = tile.picture;
    this.ratio = tile.ratio;
    this.view = FIT;
    this.pointers.clear();
    this.box.hidden = !tile.picture;
    this.words.hidden = Boolean(tile.picture);
    this.words.textContent = tile.picture ? "" : tile.words;
    this.renew(tile);
    this.place();
  }

  /** Begin with new images: an old one would be seen for a moment in the new one's shape. */
  renew(tile) {
    const full = make("img", { className: "full", alt: tile?.prompt ?? "", draggable: "false" });
    this.full = full;
    this.box.replaceChildren(full);
    if (!tile?.picture) return;
    const small = make("img", { alt: "", decoding: "sync", draggable: "false", src: tile.thumbnail });
    this.box.prepend(small);
    full.addEventListener("load", () => {
      full.classList.add("on");
      if (this.full === full) this.place();
    });
    full.addEventListener("error", () => {
      if (this.full === full) this.saysBroken();
    });
    full.src = tile.picture;
  }

  saysBroken() {
    if (!this.picture) return;
    this.box.hidden = true;
    this.words.hidden = false;
    this.words.textContent = "The file of this picture is missing or damaged. Its facts say more.";
  }

  toggle() {
    const whole = this.whole();
    this.move(this.view.zoom === 1 ? nearer(FIT, whole, { x: 0, y: 0 }, this.room()) : FIT);
  }

  step(way) {
    this.move(nearer(this.view, way === "nearer" ? STEP : 1 / STEP, { x: 0, y: 0 }, this.room()));
  }

  place() {
    const { width, height } = this.element.getBoundingClientRect();
    if (!width || !this.ratio) return;
    this.stage = { width, height };
    if (this.full.naturalWidth) this.ratio = this.full.naturalWidth / this.full.naturalHeight;
    this.size = fitted(this.ratio, this.stage);
    this.box.style.width = `${this.size.width}px`;
    this.box.style.height = `${this.size.height}px`;
    this.move(this.view);
  }

  move(view) {
    if (!this.size) return;
    this.view = kept(view, this.size, this.stage);
    const { x, y, zoom } = this.view;
    this.box.style.transform = `translate(-50%, -50%) translate(${x}px, ${y}px) scale(${zoom})`;
    this.element.classList.toggle("near", zoom > 1);
    this.zoomed(zoomWords(this.view, this.whole()));
  }

  whole() {
    return wholeZoom(this.full.naturalWidth, this.size ?? { width: 0 }, window.devicePixelRatio);
  }

  room() {
    return { size: this.size, stage: this.stage, whole: this.whole() };
  }

  listen() {
    const { element } = this;
    element.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        if (this.size) this.move(nearer(this.view, Math.exp(-event.deltaY / 400), this.pointOf(event), this.room()));
      },
      { passive: false },
    );
    element.addEventListener("dblclick", () => this.toggle());
    element.addEventListener("pointerdown", (event) => this.press(event));
    element.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of ["pointerup", "pointercancel"]) {
      element.addEventListener(name, (event) => this.release(event));
    }
  }

  press(event) {
    if (event.button !== 0 || !this.size) return;
    this.element.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.pointers.size === 1) this.began = { x: event.clientX, y: event.clientY, view: this.view };
    else this.began = null; // two fingers: no swipe
    this.spread = this.spreadOf();
  }

  drag(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.pointers.size === 2) {
      const spread = this.spreadOf();
      this.move(nearer(this.view, spread / this.spread, this.middle(), this.room()));
      this.spread = spread;
    } else if (this.view.zoom > 1) {
      const { x, y, zoom } = this.view;
      this.move({ zoom, x: x + event.clientX - before.x, y: y + event.clientY - before.y });
    }
  }

  release(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    const { began } = this;
    if (this.pointers.size || !began) return;
    this.began = null;
    const way = swipe(event.clientX - began.x, event.clientY - began.y);
    if (way && began.view.zoom <= 1 && event.type === "pointerup" && event.pointerType !== "mouse") this.walk(way);
  }

  pointOf({ clientX, clientY }) {
    const { left, top, width, height } = this.element.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  }

  middle() {
    const [one, other] = [...this.pointers.values()];
    return this.pointOf({ clientX: (one.x + other.x) / 2, clientY: (one.y + other.y) / 2 });
  }

  spreadOf() {
    if (this.pointers.size < 2) return 1;
    const [one, other] = [...this.pointers.values()];
    return Math.max(1, Math.hypot(one.x - other.x, one.y - other.y));
  }
}
