// The wall and the viewer of the pictures as one component: it keeps what was done until it is
// stored, and draws what will be.

import { make } from "./dom.js";
import { Help } from "./help.js";
import { asAsked, newQueue, waiting, withAct, withoutDone } from "./queue.js";
import { compared, ranged, toggled } from "./selection.js";
import { Viewer } from "./viewer.js";
import { Wall } from "./wall.js";

/** How long an act may be on its way, in milliseconds, before it is sent again. */
const RESEND = 4000;
/** How long a picture is looked at before the address names it and its facts are read. */
const REST = 250;

const libraries = new WeakMap();

/** Draw what the server says; called again with each of its answers. */
export default function draw({ parentElement: root, data, setTriggerValue }) {
  let library = libraries.get(root);
  if (!library) {
    library = new Library(root);
    libraries.set(root, library);
  }
  library.receive(data, setTriggerValue);
  return () => {
    library.stop();
    libraries.delete(root);
  };
}

class Library {
  constructor(root) {
    const place = root.querySelector(".library");
    this.queue = newQueue(crypto.getRandomValues(new Uint32Array(2)).join("-"));
    this.from = null;
    this.at = null;
    const hands = {
      open: (id, way) => this.open(id, way),
      close: () => this.close(),
      look: (id) => this.look(id),
      choose: (id) => this.choose(id),
      chooseUpTo: (id) => this.chooseUpTo(id),
      judge: (id, changes) => this.judge(id, changes),
      mark: (id, verdict) => this.mark(id, verdict),
      compare: (id) => this.compare(id),
      act: (action, id) => this.carryOut(action, id),
      send: (act) => this.add(act),
      trash: (id) => this.trash(id),
      more: (side) => this.more(side),
      turn: (side) => this.turn(side),
      undo: () => this.undo(),
    };
    this.wall = new Wall(make("div", { className: "wall" }), hands);
    this.help = new Help();
    this.viewer = new Viewer(hands, this.help);
    place.append(this.wall.place, this.viewer.dialog, this.help.dialog);
  }

  stop() {
    clearTimeout(this.timer);
    clearTimeout(this.resting);
    this.wall.stop();
    this.viewer.stop();
  }

  receive(data, setTriggerValue) {
    const isTurned = this.isTurned && data.tiles[0]?.id !== this.data.tiles[0]?.id;
    this.data = data;
    this.setTriggerValue = setTriggerValue;
    this.queue = withoutDone(this.queue, data.done);
    if (data.done?.client === this.queue.client) this.isSent = false;
    this.follow(data.opened);
    this.draw();
    this.send();
    if (isTurned) {
      this.isTurned = false;
      this.wall.place.scrollIntoView({ block: "start" });
    }
  }

  /** Open or close the viewer as the address says, unless the hand is ahead of it. */
  follow(opened) {
    if (waiting(this.queue, "look") || this.resting) return;
    const id = opened?.id ?? null;
    if (id === this.at) return;
    this.at = id;
    if (id !== null) this.viewer.open(opened.way);
    else this.viewer.close();
  }

  draw() {
    const { data, queue } = this;
    const tiles = data.tiles.map((tile) => asAsked(tile, queue));
    const chosen = waiting(queue, "choose")?.ids ?? data.chosen;
    this.model = { ...data, tiles, chosen };
    this.wall.draw(this.model);
    this.viewer.draw(this.model, this.at);
  }

  add(act) {
    this.queue = withAct(this.queue, act);
    this.draw();
    this.send();
  }

  /** Send what waits, all in one; while something is on its way the rest waits for the answer. */
  send() {
    clearTimeout(this.timer);
    if (!this.queue.acts.length) return;
    this.timer = setTimeout(() => {
      this.isSent = false;
      this.send();
    }, RESEND);
    if (this.isSent) return;
    this.isSent = true;
    this.setTriggerValue("acts", { client: this.queue.client, acts: this.queue.acts });
  }

  open(id, way) {
    this.at = id;
    this.viewer.open(way);
    this.look(id);
  }

  close() {
    const at = this.at;
    if (at === null) return;
    this.at = null;
    this.viewer.close();
    this.tell(null);
    this.draw();
    this.wall.focus(at);
  }

  /** Look at a picture; the server hears of it once the hand rests. */
  look(id) {
    this.at = id;
    this.draw();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.tell(this.at), REST);
    const at = this.data.tiles.findIndex((tile) => tile.id === id);
    if (this.data.hasOlder && !this.data.isFull && at > this.data.tiles.length - 8) this.more("older");
    if (this.data.hasNewer && at < 4) this.more("newer");
  }

  tell(id) {
    clearTimeout(this.resting);
    this.resting = null;
    this.add({ kind: "look", id, way: this.viewer.way });
  }

  tile(id) {
    return this.model.tiles.find((one) => one.id === id);
  }

  judge(id, changes) {
    this.add({ kind: "judge", id, changes });
  }

  mark(id, verdict) {
    this.judge(id, { verdict: this.tile(id)?.verdict === verdict ? null : verdict });
  }

  choose(id) {
    this.from = id;
    this.add({ kind: "choose", ids: toggled(this.model.chosen, id) });
  }

  chooseUpTo(id) {
    const order = this.model.tiles.map((tile) => tile.id);
    this.add({ kind: "choose", ids: ranged(this.model.chosen, order, this.from, id) });
    this.from = id;
  }

  compare(id) {
    const ids = compared(this.model.chosen, id);
    if (ids.length > 1) this.add({ kind: "compare", ids });
    else {
      this.choose(id);
      this.viewer.say("Chosen. Press C at another picture to compare the two.");
    }
  }

  carryOut(action, id) {
    if (action.name === "rating") this.judge(id, { rating: action.value });
    else if (action.name === "verdict") this.mark(id, action.value);
    else if (action.name === "choose") this.choose(id);
    else if (action.name === "compare") this.compare(id);
    else if (action.name === "undo") this.undo();
    else if (action.name === "help") this.help.toggle();
  }

  more(side) {
    const { tiles } = this.data;
    const end = side === "older" ? tiles.at(-1) : tiles[0];
    const asked = `${side} ${end?.id} ${tiles.length}`;
    if (!end || this.asked === asked) return;
    this.asked = asked;
    this.add({ kind: "more", side });
  }

  turn(side) {
    const { tiles } = this.data;
    this.isTurned = true;
    this.add({ kind: "turn", side, id: (side === "older" ? tiles.at(-1) : tiles[0])?.id ?? null });
  }

  /** Throw a picture away; whoever looks at it goes on to the next one. */
  trash(id) {
    const order = this.model.tiles.map((tile) => tile.id);
    const at = order.indexOf(id);
    const next = order[at + 1] ?? order[at - 1];
    if (this.at === id && next) this.look(next);
    else if (this.at === id) this.close();
    this.add({ kind: "trash", id });
    this.viewer.say("In the trash, kept 30 days", true);
  }

  undo() {
    this.add({ kind: "undo" });
  }
}
