/**
 * A page around order-client.js, on Node's test runner (`node --test tests/browser/*.test.mjs`):
 * a document and a window that hear what a test dispatches, and time that passes when a test lets it.
 */
import { afterEach, beforeEach, mock } from "node:test";

class FakeDocument extends EventTarget {
  visibilityState = "visible";
  baseURI = "https://shop.example/v1/liff?order_id=ABC";
}

/** Each test of the calling file gets a new page, in 2027, with pauses that are not jittered. */
export function mockPage() {
  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
    mock.method(Math, "random", () => 1);
    globalThis.document = new FakeDocument();
    const page = new EventTarget();
    globalThis.addEventListener = page.addEventListener.bind(page);
    globalThis.removeEventListener = page.removeEventListener.bind(page);
    globalThis.dispatchEvent = page.dispatchEvent.bind(page);
  });

  afterEach(() => {
    mock.timers.reset();
    mock.restoreAll();
  });
}

/** Let `milliseconds` pass, and everything that is due then happen. */
export async function pass(milliseconds) {
  await settle();
  for (let passed = 0; passed < milliseconds; passed += 100) {
    mock.timers.tick(Math.min(100, milliseconds - passed));
    await settle();
  }
}

export async function settle() {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
