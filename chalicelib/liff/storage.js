/**
 * What outlives a reload, or a web view that the phone has closed in between. Where storage is
 * forbidden the page still works, until it is closed.
 */
const PREFIX = "order-voice.";
const memory = new Map();

/** The value kept under `name`, or null if there is none younger than `maxAgeMs`. */
export function recall(name, maxAgeMs = Infinity) {
  let text = memory.get(name) ?? null;
  try {
    text = localStorage.getItem(PREFIX + name) ?? text;
  } catch {
    // Storage is forbidden: `memory` has to do.
  }
  try {
    const { value, at } = JSON.parse(text) ?? {};
    return value !== undefined && Date.now() - at <= maxAgeMs ? value : null;
  } catch {
    return null;
  }
}

export function remember(name, value) {
  const text = JSON.stringify({ value, at: Date.now() });
  memory.set(name, text);
  try {
    localStorage.setItem(PREFIX + name, text);
  } catch {
    // Forbidden or full.
  }
}

export function forget(name) {
  memory.delete(name);
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // Forbidden.
  }
}
