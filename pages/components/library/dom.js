// Building the page: text only as text, never as HTML.

/** Return a new element with a class, attributes and what it holds (elements and strings). */
export function make(tag, { className = "", ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** Return a button with a name for those who do not see it, and a hint with its key. */
export function button(sign, name, press, { className = "", key = "", ...attributes } = {}) {
  return make(
    "button",
    {
      className,
      type: "button",
      "aria-label": name,
      title: key ? `${name} (${key})` : name,
      click: press,
      ...attributes,
    },
    sign,
  );
}

/** Write text into an element if it is another one. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
