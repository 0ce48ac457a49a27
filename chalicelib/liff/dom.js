/**
 * Build an element: `h("button", { class: "primary", onclick: send }, "Send")`.
 * Strings become text nodes, never markup; null and false are left out.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== false));
  return element;
}

/** Set a text only if it differs: a live region speaks on every write. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A text in the shop's language. */
export function chinese(tag, properties, text) {
  return h(tag, { lang: "zh-Hant-TW", ...properties }, text);
}

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  alert: "M12 4 2.6 20h18.8L12 4Zm0 6v4.5m0 2.6v.1",
  back: "M15 5l-7 7 7 7",
  bubble: "M4 5h16v11h-8l-5 4v-4H4V5Zm4 5.5h.1m3.9 0h.1m3.9 0h.1",
  check: "M5 12.5l4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6 6 18",
  clock: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Zm0 4.5V12l3 2",
  download: "M12 4v11m-4.5-4L12 15.5 16.5 11M5 20h14",
  expand: "M4 9V4h5m6 0h5v5m0 6v5h-5m-6 0H4v-5",
  minus: "M6 12h12",
  pause: "M8.5 5.5v13m7-13v13",
  play: "M8 5.2v13.6L19 12 8 5.2Z",
  plus: "M12 6v12M6 12h12",
  repeat: "M5 11V9.5a3 3 0 0 1 3-3h11m-3-3 3 3-3 3M19 13v1.5a3 3 0 0 1-3 3H5m3 3-3-3 3-3",
  volume: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5H4Zm11.5-1a5 5 0 0 1 0 7m2.5-9.5a8.5 8.5 0 0 1 0 12",
  user: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM4.5 20c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5",
};

/** A decorative icon; its button needs a name of its own. */
export const icon = (name) => drawing(SHAPES[name], `icon-${name}`);

/** A path on 24 × 24, drawn in lines; decorative as an icon is. */
export function drawing(d, name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon ${name}`);
  path.setAttribute("d", d);
  svg.append(path);
  return svg;
}
