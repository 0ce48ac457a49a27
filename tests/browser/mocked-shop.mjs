/**
 * The address, the storage and the document that the page's modules expect, for tests of them under
 * Node.js. Modules that are tested are imported after this one, with `await import`.
 */
import { afterEach, beforeEach } from "node:test";
import { server } from "./fake-server.mjs";

const stored = new Map();

Object.assign(globalThis, {
  document: { querySelector: () => ({ dataset: {} }), getElementById: () => null, documentElement: {} },
  location: new URL("https://shop.example/v1/liff"),
  localStorage: {
    getItem: (name) => stored.get(name) ?? null,
    setItem: (name, text) => stored.set(name, text),
    removeItem: (name) => stored.delete(name),
  },
});

/** Each test of the calling file begins with nothing stored, at a shop of its own. */
export function mockShop() {
  let visits = 0;
  beforeEach(() => {
    stored.clear();
    goTo(`?store=shop-${(visits += 1)}`);
  });
  afterEach(() => delete globalThis.fetch);
}

export const goTo = (query) => (location.search = query);

/** What an older or broken page may have left, as it stands in storage. */
export const leave = (name, value, at = Date.now()) =>
  stored.set(`order-voice.${name}`, JSON.stringify({ value, at }));

/** The network from now on: `answers` as in fake-server.mjs. Returns the requests that are made. */
export function answers(...given) {
  globalThis.fetch = server(...given);
  return globalThis.fetch.calls;
}
