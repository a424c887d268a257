"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

SwaggerUIBundle({
  url: "docs/described.json",
  dom_id: "#api",
  deepLinking: true,
  displayRequestDuration: true,
  // nobody else is asked whether the description is right
  validatorUrl: null,
});
