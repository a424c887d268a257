// The overview of all keys.

import { make } from "./dom.js";
import { OVERVIEW } from "./keys.js";

export class Help {
  constructor() {
    const close = make("button", { type: "button", className: "act", click: () => this.dialog.close() }, "Close");
    const groups = OVERVIEW.map(([name, keys]) =>
      make(
        "section",
        {},
        make("h3", {}, name),
        make("dl", { className: "facts" }, ...keys.flatMap(([key, does]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, does)])),
      ),
    );
    this.dialog = make(
      "dialog",
      { className: "help", "aria-label": "Keys" },
      make("h2", {}, "Keys"),
      make("div", { className: "groups" }, ...groups),
      close,
    );
    this.dialog.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "?") this.dialog.close();
    });
  }

  toggle() {
    if (this.dialog.open) this.dialog.close();
    else this.dialog.showModal();
  }
}
