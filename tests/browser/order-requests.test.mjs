/** What every request to the API is like: its address, its token, its errors. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { ACCEPTED, DONE, ORDER, apiUrl, json, server } from "./fake-server.mjs";
import { mockPage, pass } from "./mocked-page.mjs";
import {
  OrderError,
  eraseOrders,
  fetchOrder,
  followOrder,
  listOrders,
  prepareVoice,
  retryOrder,
  submitOrder,
} from "./order-client.mjs";

mockPage();

test("without an API address the API beside the page is asked", async () => {
  const fetch = server(json(200, DONE));
  await fetchOrder("ABC", { fetch });
  assert.equal(fetch.calls[0].url, "https://shop.example/v1/api/orders/status/ABC");
});

test("an API address may do without its last slash", async () => {
  const fetch = server(json(200, DONE));
  await fetchOrder("ABC", { apiUrl: apiUrl.replace(/\/$/, ""), fetch });
  assert.equal(fetch.calls[0].url, `${apiUrl}orders/status/ABC`);
});

test("an order id cannot reach another path", async () => {
  const fetch = server(json(200, DONE));
  await followOrder("../../x?y", { apiUrl, fetch });
  assert.equal(fetch.calls[0].url, `${apiUrl}orders/status/..%2F..%2Fx%3Fy`);
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

test("a token that never comes is a time-out, and is asked for again", async () => {
  const fetch = server(json(202, ACCEPTED));
  const asked = [];
  const idToken = () => {
    asked.push(Date.now());
    return asked.length === 1 ? new Promise(() => {}) : "T";
  };
  const troubles = [];
  const onTrouble = ({ error }) => troubles.push(error.code);
  const placed = submitOrder(ORDER, { apiUrl, fetch, idToken, onTrouble });
  await pass(12_000);
  assert.equal((await placed).order_id, "ABC");
  assert.deepEqual(troubles, ["timeout"]);
  assert.deepEqual(fetch.calls.map((call) => call.headers.Authorization), ["Bearer T"]);
});

test("while no token comes nothing waits for ever, and nothing is sent", async () => {
  const fetch = server(json(200, { orders: [], next_cursor: null }));
  const silent = { apiUrl, fetch, idToken: () => new Promise(() => {}) };
  const timeout = { code: "timeout", status: 0, retryable: true };
  const ends = [
    assert.rejects(submitOrder(ORDER, silent), timeout),
    assert.rejects(listOrders(silent), timeout),
    followOrder("ABC", silent).then((end) => assert.deepEqual(end, { outcome: "timeout", order: null })),
  ];
  await pass(80_000);
  await Promise.all(ends);
  assert.equal(fetch.calls.length, 0);
});

test("a renewed token that never comes is a time-out", async () => {
  const fetch = server(json(401, { code: "token_expired" }));
  const idToken = ({ renew }) => (renew ? new Promise(() => {}) : "old");
  const refused = assert.rejects(listOrders({ apiUrl, fetch, idToken }), { code: "timeout" });
  await pass(9_000);
  await refused;
});

test("who leaves is not kept by a token that never comes", async () => {
  const controller = new AbortController();
  const idToken = () => new Promise(() => {});
  const left = assert.rejects(listOrders({ apiUrl, idToken, signal: controller.signal }), { message: "left" });
  controller.abort(new Error("left"));
  await left;
});

test("what is no JSON is thrown as what it is, and not tried again", async () => {
  const fetch = server(json(202, ACCEPTED));
  const order = { ...ORDER };
  order.self = order;
  await assert.rejects(submitOrder(order, { apiUrl, fetch }), TypeError);
  assert.equal(fetch.calls.length, 0);
});

test("a refusal without a code is named after its status", async () => {
  const fetch = server(() => new Response("<html>", { status: 502 }));
  await assert.rejects(listOrders({ apiUrl, fetch }), { code: "http_502", status: 502 });
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

test("orders are erased in as many requests as it takes", async () => {
  const fetch = server(
    json(200, { erased: 500, under_way: 0, left: true }),
    json(200, { erased: 2, under_way: 1, left: false }),
  );
  const erased = await eraseOrders({ apiUrl, fetch, idToken: "T" });
  assert.deepEqual(erased, { erased: 502, under_way: 1 });
  const asked = fetch.calls.map(({ method, url }) => `${method} ${url}`);
  assert.deepEqual(asked, [`DELETE ${apiUrl}orders`, `DELETE ${apiUrl}orders`]);
  assert.equal(fetch.calls[0].headers.Authorization, "Bearer T");
});

test("erasing is not begun again where it is refused or called off", async () => {
  const fetch = server(json(401, { code: "sign_in_required" }));
  await assert.rejects(eraseOrders({ apiUrl, fetch }), { code: "sign_in_required" });
  assert.equal(fetch.calls.length, 1);
  const signal = AbortSignal.abort(new Error("called off"));
  await assert.rejects(eraseOrders({ apiUrl, fetch, signal }), /called off/);
  assert.equal(fetch.calls.length, 1);
});

test("a voice is asked for once, with the order and whose it is", async () => {
  const fetch = server(json(202, {}), json(503, {}));
  await prepareVoice(ORDER, { apiUrl, fetch, idToken: "T" });
  const [{ method, url, headers, body }] = fetch.calls;
  assert.deepEqual([method, url, JSON.parse(body)], ["POST", `${apiUrl}voices`, ORDER]);
  assert.equal(headers.Authorization, "Bearer T");
  assert.ok(!("Idempotency-Key" in headers));
  await assert.rejects(prepareVoice(ORDER, { apiUrl, fetch }), { status: 503 });
  assert.equal(fetch.calls.length, 2);
});
