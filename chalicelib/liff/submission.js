/**
 * The order that has been sent and not yet answered, with its Idempotency-Key, kept where a
 * reload finds it: whatever happens in between, it is sent on as the same order.
 */
import { newIdempotencyKey } from "./order-client.js";
import { forget, recall, remember } from "./storage.js";

/** Nobody wants the meal of a quarter of an hour ago, sent behind their back. */
const KEPT_MS = 15 * 60 * 1000;

/** `{key, order}` that is to be sent on by itself, or null. */
export function pendingSubmission() {
  const kept = recall("submission", KEPT_MS);
  return kept && !kept.isSetAside ? kept : null;
}

/** The same order, confirmed again before there was an answer, keeps its key. */
export function submission(order) {
  const wanted = { key: keptFor(order)?.key ?? newIdempotencyKey(), order };
  remember("submission", wanted);
  return wanted;
}

/** The traveller went on to something else: send it when they confirm it again, not before. */
export function setAside() {
  const pending = pendingSubmission();
  if (pending) remember("submission", { ...pending, isSetAside: true });
}

/** Whether this very order was set aside: confirmed again, it is still one order. */
export const isSetAside = (order) => Boolean(keptFor(order)?.isSetAside);

function keptFor(order) {
  const kept = recall("submission", KEPT_MS);
  return JSON.stringify(kept?.order) === JSON.stringify(order) ? kept : null;
}

/** Another tab may be sending another one meanwhile. */
export function answered(key) {
  if (recall("submission", KEPT_MS)?.key === key) forget("submission");
}

/** Whether an order may be sent: as that user, or as a guest who knows it. */
export const isSettled = ({ kind }) => kind === "user" || kind === "guest";
