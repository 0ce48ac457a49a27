/** Following an order: the server's pace, trouble, and when it ends. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";

import {
  DONE,
  ORDER,
  WORKING,
  apiUrl,
  deadNetwork,
  gaps,
  hang,
  json,
  notModified,
  server,
} from "./fake-server.mjs";
import { mockPage, pass } from "./mocked-page.mjs";
import { followOrder, submitOrder } from "./order-client.mjs";

mockPage();

test("polls come at the server's pace, with the ETag, until the order has ended", async () => {
  const fetch = server(
    json(200, WORKING, { ETag: '"1"' }),
    notModified,
    json(200, { ...WORKING, poll_after_ms: 3500 }, { ETag: '"2"' }),
    json(200, DONE, { ETag: '"3"' }),
  );
  const seen = [];
  const followed = followOrder("ABC", { apiUrl, fetch, onProgress: (status) => seen.push(status) });
  await pass(10_000);
  assert.deepEqual(await followed, { outcome: "completed", order: DONE });
  assert.deepEqual(gaps(fetch), [2000, 2000, 3500]);
  assert.deepEqual(fetch.calls.map((call) => call.headers["If-None-Match"]), [undefined, '"1"', '"1"', '"2"']);
  assert.equal(seen.length, 3);
  assert.equal(fetch.calls.every((call) => call.cache === "no-store"), true);
});

test("the first look waits as long as the server's answer to the order said", async () => {
  const fetch = server(json(200, DONE));
  const followed = followOrder("ABC", { apiUrl, fetch, firstLookMs: 700 });
  await pass(690);
  assert.equal(fetch.calls.length, 0);
  await pass(20);
  assert.deepEqual(await followed, { outcome: "completed", order: DONE });
});

test("a failed order is an outcome, not an exception", async () => {
  const failed = { ...DONE, status: "failed", error: { code: "speech_unavailable" } };
  const { outcome, order } = await followOrder("ABC", { apiUrl, fetch: server(json(200, failed)) });
  assert.equal(outcome, "failed");
  assert.equal(order.error.code, "speech_unavailable");
});

test("an unknown order is thrown", async () => {
  const fetch = server(json(404, { code: "order_not_found" }));
  await assert.rejects(followOrder("ABC", { apiUrl, fetch }), { code: "order_not_found", status: 404 });
});

test("trouble is waited out with growing pauses, and told", async () => {
  const fetch = server(deadNetwork, json(502, {}), json(429, {}), json(200, WORKING), json(200, DONE));
  const troubles = [];
  const followed = followOrder("ABC", { apiUrl, fetch, onTrouble: (t) => troubles.push(t) });
  await pass(20_000);
  assert.equal((await followed).outcome, "completed");
  assert.deepEqual(gaps(fetch), [1000, 2000, 4000, 2000]);
  assert.deepEqual(troubles.map(({ attempt }) => attempt), [1, 2, 3]);
  assert.deepEqual(troubles.map(({ retryInMs }) => retryInMs), [1000, 2000, 4000]);
});

test("pauses are jittered", async () => {
  Math.random.mock.mockImplementation(() => 0);
  const fetch = server(deadNetwork, json(200, DONE));
  const followed = followOrder("ABC", { apiUrl, fetch });
  await pass(1000);
  await followed;
  assert.deepEqual(gaps(fetch), [500]);
});

test("after trouble a 304 is news: the page takes its warning back", async () => {
  const fetch = server(json(200, WORKING, { ETag: '"1"' }), deadNetwork, notModified, json(200, DONE));
  const seen = [];
  const followed = followOrder("ABC", { apiUrl, fetch, onProgress: ({ status }) => seen.push(status) });
  await pass(10_000);
  await followed;
  assert.deepEqual(seen, ["processing", "processing", "completed"]);
});

test("after a minute by the clock the caller is asked whether to go on", async () => {
  const fetch = server(json(200, WORKING));
  const followed = followOrder("ABC", { apiUrl, fetch });
  await pass(61_000);
  assert.deepEqual(await followed, { outcome: "timeout", order: WORKING });
  assert.equal(fetch.calls.length, 31);
  await pass(60_000);
  assert.equal(fetch.calls.length, 31);
});

test("a minute without any answer is a time-out without an order", async () => {
  const fetch = server(hang);
  const followed = followOrder("ABC", { apiUrl, fetch });
  await pass(90_000);
  assert.deepEqual(await followed, { outcome: "timeout", order: null });
  assert.equal(fetch.mostAtOnce, 1);
});

test("an aborted caller is left alone, during a pause and during a request", async () => {
  for (const answer of [json(200, WORKING), hang]) {
    const controller = new AbortController();
    const fetch = server(answer);
    const followed = followOrder("ABC", { apiUrl, fetch, signal: controller.signal });
    const stopped = assert.rejects(followed, /enough/);
    await pass(500);
    controller.abort(new Error("enough"));
    await stopped;
    await pass(10_000);
    assert.equal(fetch.calls.length, 1);
  }
});

test("a caller that is aborted beforehand sends nothing", async () => {
  const fetch = server(json(200, DONE));
  const signal = AbortSignal.abort(new Error("never mind"));
  await assert.rejects(followOrder("ABC", { apiUrl, fetch, signal }), /never mind/);
  await assert.rejects(submitOrder(ORDER, { apiUrl, fetch, signal }), /never mind/);
  assert.equal(fetch.calls.length, 0);
});

test("nothing keeps listening when an order has ended", async () => {
  const added = mock.method(document, "addEventListener");
  const removed = mock.method(document, "removeEventListener");
  await followOrder("ABC", { apiUrl, fetch: server(json(200, DONE)) });
  assert.equal(added.mock.callCount(), 1);
  assert.equal(removed.mock.callCount(), 1);
});
