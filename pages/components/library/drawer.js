// The drawer beside the picture: a few facts, what people said of it, and what can be done with it.

import { make, write } from "./dom.js";

const REUSES = [
  ["everything", "Everything"],
  ["prompt", "Prompt only"],
  ["seed", "Seed only"],
  ["but_seed", "Everything but the seed"],
];

export class Drawer {
  constructor(hands) {
    this.hands = hands;
    this.prompt = make("p", { className: "prompt" });
    this.facts = make("dl", { className: "facts" });
    this.raw = make("dl", { className: "facts" });
    this.more = make("details", {}, make("summary", {}, "More"), this.raw);
    this.why = this.field("input", "Why it was rejected", "such as hands, wrong light", "reason");
    this.note = this.field("textarea", "Note", "Note", "note");
    this.tags = make("p", { className: "tags" });
    this.tag = this.field("input", "Add a tag", "Add a tag", "tag");
    this.load = make("a", { className: "act", download: "" }, "Download");
    this.element = make(
      "aside",
      { className: "drawer", "aria-label": "Facts and actions", id: "drawer" },
      this.prompt,
      this.makeActs(),
      this.facts,
      this.why.label,
      this.tags,
      this.tag.label,
      this.note.label,
      this.more,
    );
  }

  makeActs() {
    const act = (words, press) => make("button", { className: "act", type: "button", click: press }, words);
    const send = (kind, rest = {}) => () => this.hands.send({ kind, id: this.id, ...rest });
    const uses = REUSES.map(([what, words]) => act(words, send("reuse", { what })));
    this.reuse = make("details", { className: "reuse" }, make("summary", { className: "act" }, "Reuse"), ...uses);
    this.page = act("Refine, family, scene", send("page"));
    this.page.title = "Refine it, see where it comes from, compare what you asked with what was understood";
    this.trash = act("Trash", () => {
      if (this.isTrashed) this.hands.send({ kind: "restore", id: this.id });
      else this.hands.trash(this.id);
    });
    return make("div", { className: "acts" }, this.page, this.load, this.trash, this.reuse);
  }

  /** Return a field with its name; what is written there is sent when the field is left. */
  field(tag, name, placeholder, kind) {
    const rows = tag === "textarea" ? { rows: "2" } : { type: "text" };
    const field = make(tag, { placeholder, "aria-label": name, ...rows });
    field.addEventListener("change", () => {
      const text = field.value.trim();
      if (kind === "tag" && !text) return;
      this.hands.send({ kind, id: field.dataset.of, text });
      if (kind === "tag") field.value = "";
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && tag === "input") field.blur();
    });
    return { field, label: make("label", {}, field) };
  }

  /** Show a tile, and its details once they have come. */
  show(tile, details) {
    const isOther = this.id !== tile.id;
    this.id = tile.id;
    const known = details?.id === tile.id ? details : null;
    this.isTrashed = known?.isTrashed ?? tile.isTrashed;
    write(this.prompt, tile.prompt);
    write(this.trash, this.isTrashed ? "Put back" : "Trash");
    write(this.page, tile.picture ? "Refine, family, scene" : "What to do");
    this.load.hidden = !tile.picture;
    if (tile.picture) {
      this.load.href = tile.picture;
      this.load.download = tile.file;
    }
    this.list(this.facts, known?.facts ?? tile.facts);
    this.list(this.raw, known?.raw ?? []);
    this.more.hidden = !known;
    this.why.label.hidden = tile.verdict !== "rejected";
    this.fill(this.why.field, known?.reason, isOther);
    this.fill(this.note.field, known?.note, isOther);
    if (isOther) this.tag.field.value = "";
    this.tag.field.dataset.of = tile.id;
    const tags = known?.tags ?? [];
    if (this.tags.dataset.said !== `${tile.id} ${tags.join("|")}`) {
      this.tags.dataset.said = `${tile.id} ${tags.join("|")}`;
      this.tags.replaceChildren(...tags.map((tag) => this.tagButton(tile.id, tag)));
    }
  }

  tagButton(id, tag) {
    const press = () => this.hands.send({ kind: "untag", id, text: tag });
    return make("button", { className: "tag", type: "button", "aria-label": `Take the tag ${tag} off`, click: press }, tag);
  }

  fill(field, text, isOther) {
    if (isOther && field.dataset.of !== this.id) {
      // a field that still has the focus is left here, before it means another picture
      field.blur();
      field.value = "";
    }
    field.dataset.of = this.id;
    if (text !== undefined && field !== field.getRootNode().activeElement) field.value = text ?? "";
  }

  list(element, rows) {
    const said = JSON.stringify(rows);
    if (element.dataset.said === said) return;
    element.dataset.said = said;
    element.replaceChildren(...rows.flatMap(([name, fact]) => [make("dt", {}, name), make("dd", {}, fact)]));
  }
}
