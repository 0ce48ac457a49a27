/**
 * One order on its way, from the confirm tap to the end:
 *
 *     sending ──▶ following ──▶ completed
 *        │            ├──▶ late ──────(keep waiting)──▶ following
 *        │            ├──▶ failed ────(try again)─────▶ following
 *        │            ├──▶ unreachable ─(try again)─▶ following
 *        │            └──▶ missing, signed-out
 *        ├──▶ refused                 (the order breaks a rule)
 *        └──▶ unreachable ─(try again)─▶ sending, with the same Idempotency-Key
 *
 * `onChange(state)` hears of every change; `state` is `{phase, orderId, order, status, error,
 * trouble}`: `order` what was sent from here (or null), `status` the server's last answer,
 * `trouble` why it is being asked again (or null).
 */
import { apiUrl } from "./config.js";
import { OrderError, followOrder, retryOrder, submitOrder } from "./order-client.js";

export function createRun(identity, onChange) {
  const controller = new AbortController();
  const { signal } = controller;
  let state = {
    phase: "following",
    orderId: null,
    order: null,
    status: null,
    error: null,
    trouble: null,
  };
  let key = null;
  /** Of the last 202: how the order is followed. */
  let told = {};
  let isBusy = false;

  const client = { apiUrl, idToken: identity.idToken, signal };

  function change(news) {
    if (signal.aborted) return;
    state = { ...state, ...news };
    onChange(state);
  }

  const onTrouble = ({ error }) => change({ trouble: error });

  /** One thing at a time, however often a button is tapped. */
  async function alone(work) {
    if (isBusy) return;
    isBusy = true;
    try {
      await work();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof OrderError)) throw error;
      change({ phase: phaseAfter(error), error, trouble: null });
    } finally {
      isBusy = false;
    }
  }

  function phaseAfter(error) {
    if (error.status === 401) return "signed-out";
    if (error.status === 404) return "missing";
    const isRefusal = !state.orderId && !error.retryable;
    return isRefusal ? "refused" : "unreachable";
  }

  async function submit() {
    change({ phase: "sending", error: null, trouble: null });
    const options = { ...client, idempotencyKey: key, onTrouble };
    const accepted = await submitOrder(state.order, options);
    told = following(accepted);
    change({ orderId: accepted.order_id });
    await follow();
  }

  async function follow() {
    change({ phase: "following", error: null, trouble: null });
    const onProgress = (status) => change({ status, trouble: null });
    const options = { ...client, ...told, onProgress, onTrouble };
    told = { pushUrl: told.pushUrl };
    const { outcome, order } = await followOrder(state.orderId, options);
    const unfinished = order ? "late" : "unreachable";
    change({ phase: outcome === "timeout" ? unfinished : outcome, trouble: null });
  }

  async function workAgain() {
    change({ phase: "following", error: null, status: { ...state.status, ...REQUEUED } });
    try {
      told = following(await retryOrder(state.orderId, client));
    } catch (error) {
      // 409: it has been queued again already. No answer: it may have been; looking tells.
      if (error.status !== 409 && !error.retryable) throw error;
    }
    await follow();
  }

  return {
    get state() {
      return state;
    },
    send: (submission) =>
      alone(() => {
        ({ key } = submission);
        state = { ...state, order: submission.order };
        return submit();
      }),
    follow: (orderId) =>
      alone(() => {
        state = { ...state, orderId };
        return follow();
      }),
    keepWaiting: () => alone(follow),
    tryAgain: () =>
      alone(() => {
        if (!state.orderId) return submit();
        return state.phase === "failed" ? workAgain() : follow();
      }),
    stop: () => controller.abort(new DOMException("not shown any more", "AbortError")),
  };
}

const following = ({ push_url: pushUrl, processing, poll_after_ms: pollAfterMs }) => ({
  pushUrl,
  firstLookMs: processing ? pollAfterMs : 0,
});

const REQUEUED = { status: "pending", processing: true, stage: "queued", progress: 0, error: null };
