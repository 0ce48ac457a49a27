/** Submitting an order: sent until it is answered, and placed once. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { ACCEPTED, ORDER, apiUrl, deadNetwork, gaps, hang, json, server } from "./fake-server.mjs";
import { mockPage, pass } from "./mocked-page.mjs";
import { newIdempotencyKey, submitOrder } from "./order-client.mjs";

mockPage();

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
