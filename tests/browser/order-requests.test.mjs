/** What every request to the API is like: its address, its token, its errors. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { ACCEPTED, DONE, ORDER, apiUrl, json, server } from "./fake-server.mjs";
import { mockPage } from "./mocked-page.mjs";
import { OrderError, fetchOrder, followOrder, listOrders, retryOrder, submitOrder } from "./order-client.mjs";

mockPage();

test("without an API address the API beside the page is asked", async () => {
  const fetch = server(json(200, DONE));
  await fetchOrder("ABC", { fetch });
  assert.equal(fetch.calls[0].url, "https://shop.example/v1/api/orders/status/ABC");
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
