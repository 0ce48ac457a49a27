/**
 * order-client.js by itself, on Node's test runner: `node --test tests/browser/`.
 * Time is mocked; the server is a function.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, mock, test } from "node:test";

const source = await readFile(new URL("../../chalicelib/liff/order-client.js", import.meta.url));
const client = await import(`data:text/javascript;base64,${source.toString("base64")}`);
const { OrderError, fetchOrder, followOrder, listOrders, newIdempotencyKey, retryOrder, submitOrder } =
  client;

const apiUrl = "https://shop.example/v1/api/";
const ORDER = { store_name: "福氣小吃", items: [{ name: "牛肉麵", price: 180 }] };
const ACCEPTED = { order_id: "ABC", status: "pending", processing: true, poll_after_ms: 2000 };
const WORKING = { order_id: "ABC", status: "processing", processing: true, poll_after_ms: 2000 };
const DONE = { order_id: "ABC", status: "completed", processing: false };

class FakeDocument extends EventTarget {
  visibilityState = "visible";
  baseURI = "https://shop.example/v1/liff?order_id=ABC";
}

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

/** Let `milliseconds` pass, and everything that is due then happen. */
async function pass(milliseconds) {
  await settle();
  for (let passed = 0; passed < milliseconds; passed += 100) {
    mock.timers.tick(Math.min(100, milliseconds - passed));
    await settle();
  }
}

async function settle() {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

const json = (status, body, headers = {}) => () =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
const notModified = () => new Response(null, { status: 304 });
const deadNetwork = () => Promise.reject(new TypeError("Failed to fetch"));

/** A fetch that hangs until it is aborted, as a dead mobile connection does. */
const hang = (_url, { signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

/** A fetch that answers with `answers` in turn, the last one for ever. */
function server(...answers) {
  const calls = [];
  let atOnce = 0;
  const fetch = async (url, request) => {
    const answer = answers[Math.min(calls.length, answers.length - 1)];
    const call = { url: String(url), at: Date.now(), ...request };
    calls.push(call);
    atOnce += 1;
    fetch.mostAtOnce = Math.max(fetch.mostAtOnce, atOnce);
    try {
      return await answer(url, request);
    } finally {
      atOnce -= 1;
    }
  };
  fetch.calls = calls;
  fetch.mostAtOnce = 0;
  return fetch;
}

const gaps = ({ calls }) => calls.slice(1).map((call, i) => call.at - calls[i].at);

test("an order is posted once, as JSON, with its key and token", async () => {
  const fetch = server(json(202, ACCEPTED));
  const key = newIdempotencyKey();
  const answer = await submitOrder(ORDER, { apiUrl, fetch, idempotencyKey: key, idToken: "T" });
  assert.deepEqual(answer, ACCEPTED);
  const [call] = fetch.calls;
  assert.equal(call.url, "https://shop.example/v1/api/orders/quick");
  assert.equal(call.method, "POST");
  assert.deepEqual(JSON.parse(call.body), ORDER);
  assert.equal(call.headers["Content-Type"], "application/json");
  assert.equal(call.headers["Idempotency-Key"], key);
  assert.equal(call.headers.Authorization, "Bearer T");
  assert.equal(fetch.calls.length, 1);
});

test("without an API address the API beside the page is asked", async () => {
  const fetch = server(json(200, DONE));
  await fetchOrder("ABC", { fetch });
  assert.equal(fetch.calls[0].url, "https://shop.example/v1/api/orders/status/ABC");
});

test("keys are UUIDs, with and without crypto.randomUUID", () => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  assert.match(newIdempotencyKey(), uuid);
  mock.method(globalThis.crypto, "randomUUID");
  globalThis.crypto.randomUUID = undefined;
  const keys = new Set(Array.from({ length: 50 }, newIdempotencyKey));
  delete globalThis.crypto.randomUUID;
  assert.equal(keys.size, 50);
  for (const key of keys) assert.match(key, uuid);
});

test("a lost answer is asked for again with the same key", async () => {
  const fetch = server(deadNetwork, json(500, {}), json(202, ACCEPTED));
  const troubles = [];
  const submitted = submitOrder(ORDER, { apiUrl, fetch, onTrouble: (t) => troubles.push(t) });
  await pass(10_000);
  assert.equal((await submitted).order_id, "ABC");
  const keys = new Set(fetch.calls.map((call) => call.headers["Idempotency-Key"]));
  assert.equal(fetch.calls.length, 3);
  assert.equal(keys.size, 1);
  assert.deepEqual(gaps(fetch), [1000, 2000]);
  assert.deepEqual(troubles.map(({ error }) => error.code), ["network", "http_500"]);
});

test("a hanging POST is cut off and repeated", async () => {
  const fetch = server(hang, json(202, ACCEPTED));
  const submitted = submitOrder(ORDER, { apiUrl, fetch, timeoutMs: 4000 });
  await pass(5100);
  assert.equal((await submitted).order_id, "ABC");
  assert.deepEqual(gaps(fetch), [5000]);
});

test("a body that never ends is cut off, too", async () => {
  const endless = (_url, { signal }) =>
    new Response(
      new ReadableStream({
        start: (controller) => signal.addEventListener("abort", () => controller.error(signal.reason)),
      }),
    );
  const submitted = submitOrder(ORDER, { apiUrl, fetch: server(endless), patienceMs: 0, timeoutMs: 3000 });
  const refused = assert.rejects(submitted, { name: "OrderError", code: "timeout", status: 0 });
  await pass(3000);
  await refused;
});

test("a captive portal's page is not taken for an answer", async () => {
  const portal = () => new Response("<html>Welcome</html>", { status: 200 });
  const fetch = server(portal, json(202, ACCEPTED));
  const submitted = submitOrder(ORDER, { apiUrl, fetch });
  await pass(1000);
  assert.equal((await submitted).order_id, "ABC");
});

test("a refused order is refused at once, with its reasons", async () => {
  const errors = [{ field: "items[0].quantity", message: "must be at most 99" }];
  const fetch = server(json(422, { code: "order_invalid", detail: "no", errors }));
  await assert.rejects(submitOrder(ORDER, { apiUrl, fetch }), {
    name: "OrderError",
    code: "order_invalid",
    status: 422,
    errors,
    retryable: false,
  });
  assert.equal(fetch.calls.length, 1);
});

test("a short Retry-After is waited for, a long one is the caller's decision", async () => {
  const short = server(json(503, {}, { "Retry-After": "4" }), json(202, ACCEPTED));
  const submitted = submitOrder(ORDER, { apiUrl, fetch: short });
  await pass(4000);
  await submitted;
  assert.deepEqual(gaps(short), [4000]);

  const long = server(json(429, { code: "too_many_orders" }, { "Retry-After": "60" }));
  await assert.rejects(submitOrder(ORDER, { apiUrl, fetch: long }), {
    code: "too_many_orders",
    retryAfterMs: 60_000,
  });
});

test("a Retry-After that is a date is understood", async () => {
  const at = new Date(Date.now() + 3000).toUTCString();
  const fetch = server(json(503, {}, { "Retry-After": at }), json(202, ACCEPTED));
  const submitted = submitOrder(ORDER, { apiUrl, fetch });
  await pass(3000);
  await submitted;
  assert.deepEqual(gaps(fetch), [3000]);
});

test("after half a minute without an answer the caller is told", async () => {
  const fetch = server(deadNetwork);
  const refused = assert.rejects(submitOrder(ORDER, { apiUrl, fetch }), { code: "network", retryable: true });
  await pass(31_000);
  await refused;
  assert.deepEqual(gaps(fetch), [1000, 2000, 4000, 8000, 8000]);
});

test("an expired token is renewed once, and the same request sent again", async () => {
  const fetch = server(json(401, { code: "token_expired" }), json(202, ACCEPTED));
  const asked = [];
  const idToken = ({ renew }) => {
    asked.push(renew);
    return renew ? "new" : "old";
  };
  await submitOrder(ORDER, { apiUrl, fetch, idToken, idempotencyKey: "K" });
  assert.deepEqual(asked, [false, true]);
  assert.deepEqual(fetch.calls.map((call) => call.headers.Authorization), ["Bearer old", "Bearer new"]);
  assert.deepEqual(fetch.calls.map((call) => call.headers["Idempotency-Key"]), ["K", "K"]);
});

test("a token that stays refused is thrown, not tried for ever", async () => {
  const fetch = server(json(401, { code: "token_invalid" }));
  const refusal = { code: "token_invalid", status: 401 };
  await assert.rejects(followOrder("ABC", { apiUrl, fetch, idToken: () => "bad" }), refusal);
  assert.equal(fetch.calls.length, 2);
  await assert.rejects(followOrder("ABC", { apiUrl, fetch, idToken: "bad" }), refusal);
  assert.equal(fetch.calls.length, 3);
});

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

test("an order id cannot reach another path", async () => {
  const fetch = server(json(200, DONE));
  await followOrder("../../x?y", { apiUrl, fetch });
  assert.equal(fetch.calls[0].url, `${apiUrl}orders/status/..%2F..%2Fx%3Fy`);
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

test("a retry is one POST, and its refusal is thrown", async () => {
  const fetch = server(json(202, ACCEPTED), json(409, { code: "order_not_failed" }));
  await retryOrder("ABC", { apiUrl, fetch });
  assert.equal(fetch.calls[0].url, `${apiUrl}orders/ABC/retry`);
  assert.equal(fetch.calls[0].method, "POST");
  await assert.rejects(retryOrder("ABC", { apiUrl, fetch }), { code: "order_not_failed" });
});

test("history is asked for page by page", async () => {
  const fetch = server(json(200, { orders: [], next_cursor: null }));
  await listOrders({ apiUrl, fetch, limit: 5 });
  await listOrders({ apiUrl, fetch, cursor: "a b&c", idToken: "T" });
  assert.equal(fetch.calls[0].url, `${apiUrl}orders?limit=5`);
  assert.equal(fetch.calls[1].url, `${apiUrl}orders?limit=20&cursor=a+b%26c`);
});

test("an error says whether it may pass", () => {
  for (const status of [0, 408, 429, 500, 503]) assert.ok(new OrderError("x", "", { status }).retryable);
  for (const status of [400, 401, 404, 409, 422]) assert.ok(!new OrderError("x", "", { status }).retryable);
});
