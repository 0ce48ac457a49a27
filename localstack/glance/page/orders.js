// The orders, newest first, each with its time line; opened, each with its steps.

import { byId, duration, h, keep, showTrouble } from "./dom.js";

const MARKS = {
  accepted: "", queued: "", claimed: "", refused: "", voice: "♪", pushed: "✉", completed: "✓", failed: "✗",
  engine: "!", trouble: "!", lost: "!", "handed back": "↩", repaired: "⟲", reopened: "↻",
};
const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3,
});

export function showOrders({ now, stack, orders, troubles }) {
  showTrouble("orders", troubles.orders);
  if (!orders) return;
  const { newest, counts } = orders;
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  byId("orders-note").textContent = newest.length
    ? `the newest ${newest.length} of ${all}`
    : "none yet: make order places one, or the order page";
  const values = newest.map((order) => ({
    ...order, stage: stack.stage,
    // What is still going on moves with the clock; all else is made once.
    now: isGoingOn(order) ? now : null,
  }));
  keep(byId("orders"), values, (order) => order.id, makeOrder);
}

const isGoingOn = (order) => order.phases.some((phase) => phase.to_ms === null);

function makeOrder(order, old) {
  const node = h("details", { class: "order", "data-status": order.status, open: Boolean(old?.open) },
    h("summary", {},
      h("span", { class: "head" },
        h("span", { class: "chip" }, order.status),
        h("span", { class: "shop" }, order.store_name),
        h("span", { class: "dishes note" }, order.dishes === 1 ? "1 dish" : `${order.dishes} dishes`),
        h("code", { class: "id" }, `${order.id.slice(0, 6)}…`)),
      timeline(order),
      h("span", { class: "foot" },
        h("span", { class: "facts" }, facts(order)),
        h("span", { class: "times note" },
          time("accept", order.accept_ms), time("voice", order.voice_ms), time("complete", order.complete_ms)))),
    h("div", { class: "order-inside" },
      h("p", {}, order.names.join("、")),
      h("p", { class: "note" }, h("code", {}, `make logs STAGE=${order.stage} ORDER=${order.id}`)),
      h("ol", { class: "steps" }, order.steps.map((step) => makeStep(step, order)))));
  return node;
}

function facts(order) {
  const { voice_engine: engine, notification, notification_detail: detail, trouble } = order;
  return [
    engine && fact("voice", engine),
    notification && notification !== "pending" && fact("LINE", detail ? `${notification}, ${detail}` : notification,
      notification === "failed"),
    trouble && fact("trouble", trouble, true),
    order.connected > 0 && fact("told by WebSocket", order.connected === 1 ? "1 page" : `${order.connected} pages`),
    order.attempts > 1 && fact("attempts", order.attempts, true),
    order.requeues > 0 && fact("repaired", order.requeues, true),
    order.retries > 0 && fact("tried again", order.retries, true),
  ].filter(Boolean);
}

const fact = (name, value, isTrouble = false) =>
  h("span", { class: "tag", "data-trouble": isTrouble }, h("span", {}, `${name} `), String(value));

const time = (name, ms) => h("span", {}, `${name} `, h("b", {}, duration(ms)));

/** What an order did, as long as it took, and marks where something happened until it had ended. */
function timeline(order) {
  const { phases, created_at: start } = order;
  const steps = order.steps.filter((step) => step.at_ms <= (order.ended_at ?? Infinity));
  const last = Math.max(...steps.map((step) => step.at_ms), ...phases.map((phase) => phase.to_ms ?? order.now));
  const span = Math.max(last - start, 1);
  const place = (at) => `${(Math.min(Math.max((at - start) / span, 0), 1) * 100).toFixed(3)}%`;
  const bars = phases.map(({ kind, from_ms: from, to_ms: to }) => {
    const end = to ?? order.now;
    const bar = h("span", { class: "phase", "data-kind": kind, "data-live": to === null,
      title: `${kind} ${duration(end - from)}` });
    bar.style.left = place(from);
    bar.style.width = `${(((end - from) / span) * 100).toFixed(3)}%`;
    return bar;
  });
  const marks = steps
    .filter((step) => MARKS[step.kind] !== "" && (step.kind !== "engine" || step.is_trouble))
    .map((step) => {
      const mark = h("span", { class: "mark", "data-kind": step.kind, title: step.text }, MARKS[step.kind] ?? "!");
      mark.style.left = place(step.at_ms);
      return mark;
    });
  const told = phases.map(({ kind, from_ms: from, to_ms: to }) => `${kind} ${duration((to ?? order.now) - from)}`);
  return h("span", { class: "timeline", role: "img", "aria-label": told.join(", ") || "no steps yet" },
    h("span", { class: "track" }, bars, marks),
    h("span", { class: "length" }, duration(last - start)));
}

function makeStep(step, order) {
  return h("li", { "data-kind": step.kind, "data-trouble": step.is_trouble },
    h("time", { datetime: new Date(step.at_ms).toISOString() }, clock.format(step.at_ms)),
    h("span", { class: "after" }, after(step.at_ms - order.created_at)),
    h("span", { class: "who" }, step.function),
    h("b", {}, step.kind),
    h("span", { class: "note" }, step.text));
}

const after = (ms) => `${ms < 0 ? "−" : "+"}${(Math.abs(ms) / 1000).toFixed(2)} s`;
