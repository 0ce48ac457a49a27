/** Following an order on a page that is hidden, asleep or offline for a while. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { DONE, WORKING, apiUrl, gaps, hang, json, server } from "./fake-server.mjs";
import { mockPage, pass, settle } from "./mocked-page.mjs";
import { followOrder } from "./order-client.mjs";

mockPage();

test("a page that slept through the minute looks once more before it gives up", async () => {
  const fetch = server(json(200, WORKING), json(200, DONE));
  const followed = followOrder("ABC", { apiUrl, fetch });
  await settle();
  mock.timers.setTime(Date.now() + 600_000);
  document.dispatchEvent(new Event("visibilitychange"));
  await pass(100);
  assert.equal((await followed).outcome, "completed");
});

for (const [name, wake] of [
  ["shown again", () => document.dispatchEvent(new Event("visibilitychange"))],
  ["back online", () => dispatchEvent(new Event("online"))],
  ["taken out of the back/forward cache", () => dispatchEvent(new Event("pageshow"))],
]) {
  test(`a page that is ${name} looks at once`, async () => {
    const fetch = server(json(200, WORKING), json(200, DONE));
    const followed = followOrder("ABC", { apiUrl, fetch });
    await pass(300);
    wake();
    await settle();
    assert.equal((await followed).outcome, "completed");
    assert.deepEqual(gaps(fetch), [300]);
  });
}

test("a page that is hidden does not look at once", async () => {
  const fetch = server(json(200, WORKING), json(200, DONE));
  const followed = followOrder("ABC", { apiUrl, fetch });
  await pass(300);
  document.visibilityState = "hidden";
  document.dispatchEvent(new Event("visibilitychange"));
  await pass(1700);
  await followed;
  assert.deepEqual(gaps(fetch), [2000]);
});

test("a network that returns during a dying request is used as soon as that has died", async () => {
  const fetch = server(hang, json(200, DONE));
  const followed = followOrder("ABC", { apiUrl, fetch, timeoutMs: 3000 });
  await pass(1000);
  dispatchEvent(new Event("online"));
  await pass(2000);
  assert.equal((await followed).outcome, "completed");
  assert.deepEqual(gaps(fetch), [3000]);
});

test("there are never two polls at a time, whatever wakes the page", async () => {
  const slow = (_url, { signal }) =>
    new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      setTimeout(() => resolve(json(200, WORKING)()), 1500);
    });
  const fetch = server(slow);
  const followed = followOrder("ABC", { apiUrl, fetch, waitMs: 20_000 });
  for (let i = 0; i < 60; i += 1) {
    document.dispatchEvent(new Event("visibilitychange"));
    dispatchEvent(new Event("online"));
    await pass(500);
  }
  assert.equal((await followed).outcome, "timeout");
  assert.equal(fetch.mostAtOnce, 1);
  assert.ok(fetch.calls.length > 5);
});

test("a server that asks for peace is not woken", async () => {
  const fetch = server(json(503, {}, { "Retry-After": "10" }), json(200, DONE));
  const followed = followOrder("ABC", { apiUrl, fetch });
  await pass(1000);
  dispatchEvent(new Event("online"));
  await pass(9000);
  await followed;
  assert.deepEqual(gaps(fetch), [10_000]);
});
