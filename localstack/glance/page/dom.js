// Makes elements. Whatever is shown is set as text; nothing here makes HTML from it.

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** An element with attributes, and children that are elements or texts; null is left out. */
export function h(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null));
  return node;
}

/**
 * Makes `list` hold one element for each of `values`, by `keyOf`; made anew only where what is
 * shown of a value has changed, so that what is open, focused or selected stays.
 */
export function keep(list, values, keyOf, make) {
  const before = new Map([...list.children].map((node) => [node.dataset.key, node]));
  const nodes = values.map((value) => {
    const key = keyOf(value);
    const said = JSON.stringify(value);
    const old = before.get(key);
    if (old?.said === said) return old;
    const node = make(value, old);
    node.dataset.key = key;
    node.said = said;
    return node;
  });
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const focusedKey = focused?.closest("[data-key]")?.dataset.key;
  if (nodes.length !== list.children.length || nodes.some((node, i) => node !== list.children[i])) {
    list.replaceChildren(...nodes);
    if (focused && document.activeElement !== focused) {
      const node = nodes.find((candidate) => candidate.dataset.key === focusedKey);
      (focused.isConnected ? focused : node?.querySelector(focused.localName))?.focus();
    }
  }
}

/** Says in a panel that, and why, what it shows cannot be read; what was read before stays. */
export function showTrouble(panel, trouble) {
  const line = byId(`${panel}-trouble`);
  const said = trouble ? `Cannot be read now. ${trouble}` : "";
  if (line.textContent !== said) line.textContent = said;
  line.hidden = !said;
}

export function duration(ms) {
  if (ms === null || ms === undefined) return "–";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 100_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** How long ago, in whole seconds or minutes. */
export function ago(now, at) {
  if (!at) return "never";
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min ago`;
  return `${Math.round(seconds / 3600)} h ago`;
}
