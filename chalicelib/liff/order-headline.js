/** What the page says about an order's state: from values to words. */
import { chatWords } from "./chat-words.js";
import { linePush } from "./config.js";
import { currentLanguage, hasText, t } from "./i18n.js";

const STAGES = ["queued", "speaking", "notifying", "done"];

/** `{title, detail, shape, kind}`; kind is "working", "done", "late" or "trouble". */
export function orderHeadline(state, { kind }) {
  const { phase, status, trouble: why } = state;
  const hasVoice = Boolean(status?.voice_ready);
  if (phase === "failed") {
    return trouble(t("order.failed"), reason(status?.error));
  }
  if (phase === "completed") return playable(status, kind);
  // Whatever else is open: with the voice the traveller can order.
  if (phase === "late" && hasVoice) return playable(status, kind);
  if (phase === "unreachable" && hasVoice) return playable(null, kind);
  if (phase === "unreachable") return unreachable(state.error);
  if (phase === "refused") return trouble(t("order.refused"), refusal(state.error));
  if (phase === "missing") return missing(kind);
  if (phase === "signed-out") return signedOut(state.error);
  if (phase === "late") {
    return {
      title: t("order.late"),
      detail: t(kind === "user" && !isSkipped(status) ? "order.late_user" : "order.late_guest"),
      shape: "clock",
      kind: "late",
    };
  }
  const words = working(state);
  return { ...words, detail: why ? repeating(why) : words.detail };
}

/** Too long to stand at a counter for. */
const LONG_WAIT_MS = 3 * 60_000;

/** Whether the server has no voice for this order for so long that the text has to do. */
export const mustWaitLong = (error) =>
  error?.code === "too_many_orders" && error.retryAfterMs > LONG_WAIT_MS;

const isOurs = (error) => error?.status >= 500;

/** Whose trouble it is, while the page tries again by itself. */
function repeating(error) {
  if (isOurs(error)) return t("order.our_trouble");
  return t(error.status === 429 ? "status.retrying" : "order.weak_network");
}

function unreachable(error) {
  if (error?.code === "too_many_orders") {
    return trouble(t("order.wait"), wait(error.retryAfterMs ?? 0));
  }
  const detail = isOurs(error) ? "order.unreachable_server" : "order.unreachable_detail";
  return trouble(t("order.unreachable"), t(detail));
}

/** Seconds, minutes or hours, whichever a person would say. */
function wait(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 100) return t("errors.too_many_orders_seconds", { count: Math.max(seconds, 1) });
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 100) return t("errors.too_many_orders_minutes", { count: minutes });
  return t("errors.too_many_orders_hours", { count: Math.ceil(minutes / 60) });
}

/** A user's order is hidden from everybody else, so from whom we do not know, too. */
function missing(kind) {
  if (kind === "unknown") return trouble(t("identity.unknown"), t("identity.unknown_order"));
  return trouble(t("order.missing"), t(kind === "user" ? "order.missing_detail" : "order.missing_guest"));
}

function signedOut(error) {
  const wasUsers = error?.code === "sign_in_required";
  return trouble(
    t("identity.expired"),
    t(wasUsers ? "identity.users_order" : "identity.expired_order"),
  );
}

const trouble = (title, detail) => ({ title, detail, shape: "alert", kind: "trouble" });

/** `status`: null if how far LINE is is not known. */
function playable(status, kind) {
  // A guest need not be told that nothing was sent to a chat they do not have, and nobody of a
  // service that sends nothing, or sent nothing then.
  const isOff = linePush === "never" || status?.notification_detail === "turned_off";
  const isTold = status && !isOff && (kind === "user" || !isSkipped(status));
  const ofChat = isTold && (chatWords(status.notification_detail) ?? chatWords(status.notification));
  return {
    title: t("order.stage_done"),
    detail: ofChat || t("status.done"),
    shape: "check",
    kind: "done",
  };
}

function working({ orderId, order, status }) {
  // An order opened again may be anywhere: until its status is here we are but connecting.
  const isQueued = orderId && order;
  const stage = status?.stage ?? (isQueued ? "queued" : "sending");
  return {
    title: t(status?.voice_ready ? "order.stage_done" : `order.stage_${stage}`),
    detail: message(status, stage),
    shape: status?.voice_ready ? "check" : "bubble",
    kind: "working",
  };
}

/** The server's message knows more (a retry, say), but speaks the language of the order. */
function message(status, stage) {
  if (status?.message && status.summary?.language === currentLanguage()) return status.message;
  const key = `status.${stage === "notifying" && isSkipped(status) ? "done" : stage}`;
  return hasText(key) ? t(key) : t("order.wait_moment");
}

/** `error` of a failed order: our words for a code that we know, else the server's. */
function reason(error) {
  // The words for a trouble ask to try again, which is not offered any more.
  const isTriedEnough = error?.retryable === false && error.code !== "speech_impossible";
  if (isTriedEnough) return t("order.tried_enough");
  const key = `status.errors.${error?.code}`;
  return hasText(key) ? t(key) : (error?.message ?? t("errors.unknown"));
}

function refusal(error) {
  return error?.errors?.map(({ message }) => message).join("\n") || t("errors.unknown");
}

/** Of which nothing is sent to LINE. */
const isSkipped = (status) => status?.notification === "skipped";

/** What became of the LINE message: nobody knows whether it arrived. */
const LINE_STATES = { sent: "asked", failed: "failed" };

/** `[{name, state}]`, state "done", "now", "next"; for LINE "asked", "failed" or "next". */
export function orderSteps({ phase, status }, { kind }) {
  const isForLine = kind === "user" && (status ? !isSkipped(status) : linePush === "always");
  const stages = isForLine ? STAGES : STAGES.filter((stage) => stage !== "notifying");
  // The last step is the traveller's, and does not wait for LINE.
  const stageNow = status?.voice_ready ? "done" : (status?.stage ?? "queued");
  const reached = STAGES.indexOf(phase === "sending" ? "queued" : stageNow);
  return stages.map((stage) => {
    const at = STAGES.indexOf(stage);
    let state = "next";
    if (stage === "notifying") state = LINE_STATES[status?.notification] ?? "next";
    else if (at < reached) state = "done";
    else if (at === reached) state = "now";
    return { name: t(`order.step_${stage}`), state };
  });
}
