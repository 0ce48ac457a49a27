/**
 * Order Voice's client: one file, no dependencies, for any LIFF front end.
 *
 *     import { submitOrder, followOrder } from "./order-client.js";
 *
 *     const apiUrl = "https://example.com/v1/api/";
 *     const accepted = await submitOrder(
 *       { store_name: "福氣小吃", items: [{ name: "牛肉麵", price: 180, quantity: 2 }], language: "en" },
 *       { apiUrl, idToken: liff.getIDToken() },
 *     );
 *     const { outcome, order } = await followOrder(accepted.order_id, {
 *       apiUrl,
 *       idToken: () => liff.getIDToken(),
 *       pushUrl: accepted.push_url,
 *       onProgress: (status) => {
 *         if (status.voice_ready) player.src = status.voice_url;   // before `completed`
 *       },
 *     });
 *     // outcome: "completed", "failed", or "timeout" (follow again to keep waiting)
 *
 * What it takes care of:
 * - A lost answer to the POST is asked for again with the same Idempotency-Key: one order, however
 *   often it is sent. Keep the key (`newIdempotencyKey()`) where a reload finds it to go further.
 * - Polls at the server's pace (`poll_after_ms`, Retry-After), one at a time, for 60 s of wall
 *   clock, with If-None-Match; looks at once when the page is shown again or the network returns.
 * - With `pushUrl` it is told when to look, by a WebSocket, and polls wherever that does not work.
 * - Every request has a time-out; network errors, 408, 429 and 5xx are tried again with growing,
 *   jittered pauses; everything else is thrown as an `OrderError`.
 *
 * Options of every function:
 *   apiUrl      where the API is; default: "api/" beside the page
 *   idToken     a LIFF ID token, or a function `({ renew }) => token | null` (may be async); it is
 *               called with `renew: true` once after a 401. None: a guest
 *   signal      an AbortSignal; the promise then rejects with its reason
 *   timeoutMs   for one request and the token that it needs, milliseconds
 *   fetch       instead of the global one
 */

const SUBMIT_TIMEOUT_MS = 10_000;
const ERASE_TIMEOUT_MS = 30_000;
const POLL_TIMEOUT_MS = 8_000;
const SUBMIT_PATIENCE_MS = 30_000;
const FOLLOW_PATIENCE_MS = 60_000;
const DEFAULT_POLL_MS = 2_000;
const OPENING_MS = 3_000;
/** While a socket is open: one that is silent though the order has changed costs a traveller a second
 * more than polling does, and most orders have ended before the second look. */
const OPEN_POLL_MS = 3_000;
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 8_000;

/** A request that did not succeed. `code` is the server's (RFC 9457); "http_502", say, where a
 * refusal names none; "network", "timeout" or "bad_answer" where there was no usable answer, and
 * then `status` is 0. */
export class OrderError extends Error {
  constructor(code, detail, { status = 0, errors = [], retryAfterMs = null } = {}) {
    super(detail);
    this.name = "OrderError";
    this.code = code;
    this.status = status;
    /** `[{field, message}]` for a body that breaks a rule. */
    this.errors = errors;
    /** What the server asked for, milliseconds, or null. */
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same request may succeed later. */
  get retryable() {
    return [0, 408, 429].includes(this.status) || this.status >= 500;
  }
}

/** A UUID for the Idempotency-Key header (RFC 9562, version 4). */
export function newIdempotencyKey() {
  if (globalThis.crypto.randomUUID) return globalThis.crypto.randomUUID();
  // Not a secure context, or an old web view.
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * Place an order. Resolves to the server's answer (`order_id`, `poll_after_ms`, …); rejects with
 * a `TypeError` if `order` cannot be written as JSON.
 *
 * `idempotencyKey`: default a new one. `patienceMs`: how long unanswered attempts are repeated.
 * `onTrouble({error, attempt, retryInMs})`: called before every repetition.
 */
export async function submitOrder(order, options = {}) {
  const { idempotencyKey = newIdempotencyKey(), patienceMs = SUBMIT_PATIENCE_MS } = options;
  // Outside the attempts: what is no JSON is no network trouble.
  const body = JSON.stringify(order);
  return insist(patienceMs, options, () =>
    request("POST", "orders/quick", {
      timeoutMs: SUBMIT_TIMEOUT_MS,
      ...options,
      body,
      headers: { "Idempotency-Key": idempotencyKey },
    }),
  );
}

/**
 * Have an order's voice prepared, which may be confirmed soon: `order` as for `submitOrder`. Where the
 * server prepares none, it rejects with 404. Nothing depends on it, so it is tried once.
 */
export async function prepareVoice(order, options = {}) {
  await request("POST", "voices", {
    timeoutMs: SUBMIT_TIMEOUT_MS,
    ...options,
    body: JSON.stringify(order),
  });
}

/**
 * Follow an order until it has ended, or `waitMs` of wall clock are over.
 *
 * Resolves to `{outcome, order}`: outcome "completed", "failed" or "timeout"; `order` is the last
 * status seen (null if none was). `onProgress(status)` is called for every new status;
 * `onTrouble({error, attempt, retryInMs})` when a poll failed and will be repeated.
 *
 * `firstLookMs`: how long to wait before the first look, the answer's `poll_after_ms`; default: not.
 * `pushUrl`: the `push_url` of the answer to `submitOrder` or `retryOrder`. The first look waits for
 * the socket to open, 2 s at most; another comes whenever it says something. Where it
 * does not open, or closes, polls go on at the server's pace.
 */
export async function followOrder(orderId, options = {}) {
  const { onProgress, onTrouble, signal, waitMs = FOLLOW_PATIENCE_MS, firstLookMs = 0, pushUrl } = options;
  signal?.throwIfAborted();
  const deadline = Date.now() + waitMs;
  const wake = wakeUpCalls();
  const push = listen(pushUrl, wake.call);
  const pause = (milliseconds, mayBeWoken) =>
    wake.pause(Math.min(milliseconds, Math.max(deadline - Date.now(), 0)), mayBeWoken, signal);
  let order = null;
  let etag = null;
  let failures = 0;
  try {
    if (push.isOpening) await pause(DEFAULT_POLL_MS, true);
    else if (firstLookMs) await pause(firstLookMs, true);
    for (;;) {
      // The look that begins after the deadline is the last one: a page that was asleep for a
      // minute sees how its order ended before it is told to wait longer.
      const isLastLook = Date.now() >= deadline;
      let pauseMs = DEFAULT_POLL_MS;
      let mayBeWoken = true;
      wake.forget();
      push.hasNews = false;
      try {
        const answer = await look(orderId, etag, options);
        const isNews = answer.status !== 304 || failures > 0;
        if (answer.status !== 304) ({ body: order, etag } = answer);
        failures = 0;
        if (isNews && order) onProgress?.(order);
        pauseMs = order?.poll_after_ms || answer.retryAfterMs || DEFAULT_POLL_MS;
        if (push.isOpen) pauseMs = Math.max(pauseMs, OPEN_POLL_MS);
        // What is shown or back online has just been looked at; what is told may be newer.
        if (!push.hasNews) wake.forget();
      } catch (error) {
        if (!(error instanceof OrderError) || !error.retryable) throw error;
        failures += 1;
        pauseMs = backoff(failures, error);
        mayBeWoken = error.retryAfterMs === null;
        if (!isLastLook) onTrouble?.({ error, attempt: failures, retryInMs: pauseMs });
      }
      if (order && !order.processing) {
        return { outcome: order.status === "failed" ? "failed" : "completed", order };
      }
      if (isLastLook) return { outcome: "timeout", order };
      await pause(pauseMs, mayBeWoken);
    }
  } finally {
    push.stop();
    wake.stop();
  }
}

/** One look at an order, tried again for a few seconds; for a new `voice_url`, say. */
export async function fetchOrder(orderId, options = {}) {
  const { patienceMs = POLL_TIMEOUT_MS } = options;
  return insist(patienceMs, options, async () => (await look(orderId, null, options)).body);
}

/** Have a failed order worked on again. Resolves as `submitOrder` does. */
export async function retryOrder(orderId, options = {}) {
  const path = `orders/${encodeURIComponent(orderId)}/retry`;
  return request("POST", path, { timeoutMs: SUBMIT_TIMEOUT_MS, ...options });
}

/** The caller's own orders, newest first: `{orders, next_cursor}`. Needs an ID token. */
export async function listOrders({ limit = 20, cursor = null, ...options } = {}) {
  const query = new URLSearchParams({ limit: String(limit), ...(cursor && { cursor }) });
  return request("GET", `orders?${query}`, { timeoutMs: POLL_TIMEOUT_MS, ...options });
}

/**
 * Have the caller's own orders erased, in as many requests as it takes: `{erased, under_way}`. Those
 * under way are erased as soon as they have ended. Needs an ID token.
 */
export async function eraseOrders(options = {}) {
  const { patienceMs = SUBMIT_PATIENCE_MS } = options;
  let erased = 0;
  for (;;) {
    const answer = await insist(patienceMs, options, () =>
      request("DELETE", "orders", { timeoutMs: ERASE_TIMEOUT_MS, ...options }),
    );
    erased += answer.erased;
    if (!answer.left) return { erased, under_way: answer.under_way };
  }
}

async function look(orderId, etag, options) {
  return exchangeAsUser("GET", `orders/status/${encodeURIComponent(orderId)}`, {
    timeoutMs: POLL_TIMEOUT_MS,
    ...options,
    headers: etag ? { "If-None-Match": etag } : {},
  });
}

async function request(method, path, options) {
  return (await exchangeAsUser(method, path, options)).body;
}

/** `attempt` until it succeeds, is refused for good, or `patienceMs` are over. */
async function insist(patienceMs, { signal, onTrouble }, attempt) {
  const deadline = Date.now() + patienceMs;
  const wake = wakeUpCalls();
  try {
    for (let failures = 1; ; failures += 1) {
      wake.forget();
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof OrderError) || !error.retryable) throw error;
        const pauseMs = backoff(failures, error);
        if (Date.now() + pauseMs >= deadline) throw error;
        onTrouble?.({ error, attempt: failures, retryInMs: pauseMs });
        await wake.pause(pauseMs, error.retryAfterMs === null, signal);
      }
    }
  } finally {
    wake.stop();
  }
}

/** Doubling pauses; the jitter keeps many pages from coming back in step. */
function backoff(failures, error) {
  const longest = Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), LONGEST_BACKOFF_MS);
  return Math.max(error.retryAfterMs ?? 0, longest * (0.5 + Math.random() / 2));
}

/** One request and its whole answer: `{status, body, etag, retryAfterMs}`. The time for the token,
 * for a new one and for the request with it is one. */
async function exchangeAsUser(method, path, options) {
  const { idToken } = options;
  const canRenew = typeof idToken === "function";
  return inTime(options, async (signal) => {
    const limited = { ...options, signal };
    const token = canRenew ? await idToken({ renew: false }) : idToken;
    try {
      return await exchange(method, path, token, limited);
    } catch (error) {
      if (error.status !== 401 || !canRenew) throw error;
      const renewed = await idToken({ renew: true });
      if (!renewed) throw error;
      return exchange(method, path, renewed, limited);
    }
  });
}

/** `work(signal)`, given up after `timeoutMs`, or when the caller's signal says so. */
async function inTime({ signal, timeoutMs }, work) {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const { signal: limit } = controller;
  const abort = () => controller.abort(signal.reason);
  signal?.addEventListener("abort", abort);
  const timer = setTimeout(
    () => controller.abort(new OrderError("timeout", `no answer in ${timeoutMs} ms`)),
    timeoutMs,
  );
  const givenUp = new Promise((_resolve, reject) => {
    limit.addEventListener("abort", () => reject(limit.reason));
  });
  try {
    return await Promise.race([work(limit), givenUp]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

async function exchange(method, path, token, options) {
  const { apiUrl, body, headers = {}, signal, fetch = globalThis.fetch } = options;
  signal.throwIfAborted();
  const api = apiUrl ? String(apiUrl).replace(/\/?$/, "/") : new URL("api/", globalThis.document.baseURI);
  const url = new URL(path, api);
  try {
    const response = await fetch(url, {
      method,
      headers: {
        Accept: "application/json",
        ...(body && { "Content-Type": "application/json" }),
        ...(token && { Authorization: `Bearer ${token}` }),
        ...headers,
      },
      body,
      cache: "no-store",
      credentials: "omit",
      signal,
    });
    return await understand(response);
  } catch (error) {
    if (error instanceof OrderError) throw error;
    signal.throwIfAborted();
    throw new OrderError("network", String(error?.message ?? error));
  }
}

async function understand(response) {
  const retryAfterMs = parseRetryAfter(response.headers.get("Retry-After"));
  if (response.status === 304) return { status: 304, body: null, etag: null, retryAfterMs };
  const text = await response.text();
  let body = null;
  try {
    body = JSON.parse(text);
  } catch {
    // A captive portal's or a proxy's page. Without `ok` the status says enough.
  }
  const isObject = typeof body === "object" && body !== null;
  if (!response.ok) {
    const problem = isObject ? body : {};
    throw new OrderError(problem.code ?? `http_${response.status}`, problem.detail ?? "", {
      status: response.status,
      errors: problem.errors ?? [],
      retryAfterMs,
    });
  }
  if (!isObject) throw new OrderError("bad_answer", "the answer is not JSON");
  return { status: response.status, body, etag: response.headers.get("ETag"), retryAfterMs };
}

/** Seconds or an HTTP date (RFC 9110 10.2.3), as milliseconds; null if absent or unreadable. */
function parseRetryAfter(value) {
  if (!value) return null;
  const seconds = Number(value);
  const milliseconds = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000;
  return Number.isNaN(milliseconds) ? null : Math.max(milliseconds, 0);
}

/** Pauses that end early when the page is shown again or the network returns. */
function wakeUpCalls() {
  const { document, addEventListener, removeEventListener } = globalThis;
  let called = false;
  let wakeSleeper = null;
  const call = () => {
    called = true;
    wakeSleeper?.();
  };
  const callIfVisible = () => document.visibilityState === "visible" && call();
  document?.addEventListener("visibilitychange", callIfVisible);
  addEventListener?.call(globalThis, "online", call);
  addEventListener?.call(globalThis, "pageshow", call);
  return {
    call,
    /** A call that came before now does not count any more. */
    forget() {
      called = false;
    },
    pause(milliseconds, mayBeWoken, signal) {
      if (mayBeWoken && called) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const end = (settle) => () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", abort);
          wakeSleeper = null;
          settle();
        };
        const abort = end(() => reject(signal.reason));
        const timer = setTimeout(end(resolve), milliseconds);
        if (mayBeWoken) wakeSleeper = end(resolve);
        if (signal?.aborted) abort();
        else signal?.addEventListener("abort", abort);
      });
    },
    stop() {
      document?.removeEventListener("visibilitychange", callIfVisible);
      removeEventListener?.call(globalThis, "online", call);
      removeEventListener?.call(globalThis, "pageshow", call);
    },
  };
}

/** A WebSocket that calls `wake` when it opens, says something or closes. */
function listen(pushUrl, wake) {
  const push = { isOpening: false, isOpen: false, hasNews: false, stop() {} };
  let socket;
  try {
    socket = pushUrl && new globalThis.WebSocket(pushUrl);
  } catch {
    // There are none here, or not to this address.
  }
  if (!socket) return push;
  const timer = setTimeout(() => push.stop(), OPENING_MS);
  const become = (isOpen) => {
    clearTimeout(timer);
    Object.assign(push, { isOpening: false, isOpen, hasNews: true });
    wake();
  };
  push.isOpening = true;
  socket.onopen = socket.onmessage = () => become(true);
  socket.onclose = () => become(false);
  push.stop = () => {
    clearTimeout(timer);
    socket.onmessage = socket.onclose = null;
    // Not before it is open: browsers complain of that in the console.
    socket.onopen = () => socket.close();
    if (socket.readyState) socket.close();
  };
  return push;
}
