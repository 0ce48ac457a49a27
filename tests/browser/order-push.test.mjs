/** Following an order with a WebSocket that says when to look, and with one that does not. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { DONE, WORKING, apiUrl, gaps, json, notModified, server } from "./fake-server.mjs";
import { mockPage, pass, settle } from "./mocked-page.mjs";
import { followOrder } from "./order-client.mjs";

const pushUrl = "wss://push.example/v1?ticket=ABC.DEF";

/** A socket that does what a test says; `sockets` are those that were opened. */
class FakeSocket {
  readyState = 0;

  constructor(url) {
    sockets.push(Object.assign(this, { url }));
  }

  get isClosed() {
    return this.readyState === 3;
  }

  open() {
    this.readyState = 1;
    this.onopen?.({});
  }

  say() {
    this.onmessage?.({ data: '{"changed": true}' });
  }

  close() {
    this.readyState = 3;
    this.onclose?.({});
  }
}

let sockets = [];
let began = 0;

mockPage();
beforeEach(() => {
  sockets = [];
  began = Date.now();
  globalThis.WebSocket = FakeSocket;
});

const follow = (fetch, more = {}) => followOrder("ABC", { apiUrl, fetch, pushUrl, ...more });
/** When the server was asked, milliseconds after following began. */
const asked = ({ calls }) => calls.map(({ at }) => at - began);

test("the order is looked at when the socket opens and after each change, and at no other time", async () => {
  const fetch = server(json(200, WORKING), json(200, WORKING), json(200, DONE));
  const followed = follow(fetch);
  await pass(300);
  assert.equal(fetch.calls.length, 0);
  sockets[0].open();
  await pass(2400);
  sockets[0].say();
  await pass(1000);
  sockets[0].say();
  await settle();
  assert.equal((await followed).outcome, "completed");
  assert.deepEqual(asked(fetch), [300, 2700, 3700]);
  assert.deepEqual(sockets.map(({ url }) => url), [pushUrl]);
  assert.equal(sockets[0].isClosed, true);
});

test("what is said while the server answers is looked at after that, never beside it", async () => {
  let answer;
  const slow = () => new Promise((resolve) => (answer = () => resolve(json(200, WORKING)())));
  const fetch = server(slow, json(200, DONE));
  const followed = follow(fetch);
  sockets[0].open();
  await pass(700);
  sockets[0].say();
  sockets[0].say();
  await pass(700);
  assert.equal(fetch.calls.length, 1);
  answer();
  await settle();
  assert.equal((await followed).outcome, "completed");
  assert.equal(fetch.calls.length, 2);
  assert.equal(fetch.mostAtOnce, 1);
});

test("a socket that is open and silent has the order looked at every three seconds", async () => {
  const fetch = server(json(200, WORKING), notModified, notModified, json(200, DONE));
  const followed = follow(fetch);
  sockets[0].open();
  await pass(9000);
  assert.equal((await followed).outcome, "completed");
  assert.deepEqual(gaps(fetch), [3000, 3000, 3000]);
});

test("a socket that never opens delays no poll, and is given up after three seconds", async () => {
  const fetch = server(json(200, WORKING), json(200, WORKING), json(200, DONE));
  const followed = follow(fetch);
  await pass(3100);
  sockets[0].open();
  assert.equal(sockets[0].isClosed, true);
  await pass(2900);
  await followed;
  assert.deepEqual(asked(fetch), [2000, 4000, 6000]);
});

test("one that opens while it is polled already has the order looked at once more", async () => {
  const fetch = server(json(200, WORKING), json(200, WORKING), json(200, DONE));
  const followed = follow(fetch);
  await pass(2500);
  sockets[0].open();
  await pass(3000);
  await followed;
  assert.deepEqual(asked(fetch), [2000, 2500, 5500]);
});

test("a refused socket has the order looked at and polled at once", async () => {
  const fetch = server(json(200, WORKING), json(200, DONE));
  const followed = follow(fetch);
  await pass(100);
  sockets[0].close();
  await pass(2000);
  await followed;
  assert.deepEqual(asked(fetch), [100, 2100]);
});

test("a socket that closes has the order looked at at once, and polled from then on", async () => {
  const fetch = server(json(200, WORKING), json(200, WORKING), json(200, WORKING), json(200, DONE));
  const followed = follow(fetch);
  sockets[0].open();
  await pass(1000);
  sockets[0].close();
  await pass(4000);
  await followed;
  assert.deepEqual(asked(fetch), [0, 1000, 3000, 5000]);
});

test("one that closes while the server answers loses nothing that was said before", async () => {
  let answer;
  const slow = () => new Promise((resolve) => (answer = () => resolve(json(200, WORKING)())));
  const fetch = server(slow, json(200, DONE));
  const followed = follow(fetch);
  sockets[0].open();
  await pass(100);
  sockets[0].say();
  sockets[0].close();
  answer();
  await settle();
  assert.equal((await followed).outcome, "completed");
});

for (const [name, WebSocket] of [
  ["there are no sockets", undefined],
  [
    "the address is none that may be opened",
    class {
      constructor() {
        throw new DOMException("insecure", "SecurityError");
      }
    },
  ],
]) {
  test(`where ${name}, the order is polled as ever`, async () => {
    globalThis.WebSocket = WebSocket;
    const fetch = server(json(200, WORKING), json(200, DONE));
    const followed = follow(fetch);
    await pass(2000);
    await followed;
    assert.deepEqual(asked(fetch), [0, 2000]);
  });
}

test("without an address nothing is opened", async () => {
  const fetch = server(json(200, WORKING), json(200, DONE));
  const followed = follow(fetch, { pushUrl: undefined });
  await pass(2000);
  await followed;
  assert.deepEqual(asked(fetch), [0, 2000]);
  assert.equal(sockets.length, 0);
});

test("what a server asks for in Retry-After holds, whatever the socket says", async () => {
  const fetch = server(json(429, {}, { "Retry-After": "7" }), json(200, DONE));
  const followed = follow(fetch);
  sockets[0].open();
  await pass(500);
  sockets[0].say();
  await pass(7000);
  await followed;
  assert.deepEqual(gaps(fetch), [7000]);
});

test("a socket that opens when its order has ended is closed at once, and not before", async () => {
  const followed = follow(server(json(200, DONE)));
  await pass(2000);
  await followed;
  assert.equal(sockets[0].isClosed, false);
  sockets[0].open();
  assert.equal(sockets[0].isClosed, true);
});

test("a socket is open no longer than its order is followed", async () => {
  const controller = new AbortController();
  const fetch = server(json(200, WORKING));
  const stopped = assert.rejects(follow(fetch, { signal: controller.signal }), /enough/);
  sockets[0].open();
  await pass(500);
  controller.abort(new Error("enough"));
  await stopped;
  assert.equal(sockets[0].isClosed, true);

  const late = follow(server(json(200, WORKING)));
  sockets[1].open();
  await pass(61_000);
  assert.equal((await late).outcome, "timeout");
  assert.equal(sockets[1].isClosed, true);

  const aborted = AbortSignal.abort(new Error("never mind"));
  await assert.rejects(follow(fetch, { signal: aborted }), /never mind/);
  assert.equal(sockets.length, 2);
});
