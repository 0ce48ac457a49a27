// The road of an order through the system, the alarms, the metrics.

import { ago, byId, duration, h, keep, showTrouble, svg } from "./dom.js";

const SILENT_MS = 150_000;  // Of a sweeper that comes once a minute.
const SOURCES = {
  accepted: "orders", queue: "orders_queue", worker: "orders", ended: "orders",
  sweeper: "logs", dead: "dead_queue", voices: "voices", failed: "orders",
};  // What each station's number is read from.

export function showRoad({ now, stack, orders, queues, voices, functions, troubles }) {
  const [api, worker, sweeper] = functions;
  const { pending = 0, processing = 0, completed = 0, failed = 0, erased = 0 } = orders?.counts ?? {};
  const all = pending + processing + completed + failed + erased;
  const queue = queues.orders;
  const dead = queues.dead?.waiting + queues.dead?.in_flight;
  const isSilent = isGone(sweeper) || now - (sweeper.last_at ?? stack.since) > SILENT_MS;
  const whether = troubles.functions ? "whether it is there cannot be read" : null;
  const stations = [
    station("accepted", "API", all, "accepted",
      [heard(now, api), errors(api), whether, troubles.functions], isGone(api)),
    station("queue", "Queue", queue?.waiting, queue?.waiting === 1 ? "message waits" : "messages wait", [
      `${queue?.in_flight} in flight`,
      queue?.delayed ? `${queue.delayed} to come back` : null,
    ]),
    station("worker", "Worker", processing, "processing", [heard(now, worker), errors(worker), whether], isGone(worker)),
    station("ended", "Completed", completed, completed === 1 ? "order" : "orders", [erased ? `${erased} erased` : null]),
    station("sweeper", "Sweeper", null, "", [
      isGone(sweeper) ? null : "looks for lost orders once a minute",
      errors(sweeper),
      whether,
    ], isSilent, swept(now, sweeper)),
    station("dead", "Dead letters", dead, dead === 1 ? "message" : "messages", [dead ? "make redrive" : null], dead > 0),
    station("voices", "Voices", `${voices?.count}${voices?.and_more ? "+" : ""}`, "in the bucket", []),
    station("failed", "Failed", failed, failed === 1 ? "order" : "orders", [], failed > 0),
  ];
  const busy = { queue: queue?.waiting > 0, worker: processing > 0 };
  keep(byId("road"), stations.map((each) => ({ ...each, busy: Boolean(busy[each.id]), ...unread(troubles[SOURCES[each.id]]) })),
    (each) => each.id, makeStation);
}

const unread = (trouble) =>
  trouble ? { value: null, unit: "", says: "cannot be read", notes: [trouble], isTrouble: true } : {};

function station(id, name, value, unit, notes, isTrouble = false, says = "") {
  return { id, name, value, unit, says, notes: notes.filter(Boolean), isTrouble };
}

const isGone = ({ exists }) => exists === false;

function swept(now, sweeper) {
  if (isGone(sweeper)) return "is gone";
  return sweeper.last_at ? `swept ${ago(now, sweeper.last_at)}` : "no sweep yet";
}

const heard = (now, each) => {
  if (isGone(each)) return "is gone";
  return each.last_at ? `last line ${ago(now, each.last_at)}` : "silent so far";
};
const errors = ({ errors: count }) => (count ? `${count} error${count > 1 ? "s" : ""} logged` : null);

function makeStation({ id, name, value, unit, says, notes, isTrouble, busy }) {
  return h("li", { class: "station", "data-id": id, "data-trouble": isTrouble, "data-busy": busy },
    h("p", { class: "station-name" }, name),
    h("p", { class: "station-value" },
      value === null ? h("span", { class: "says" }, says) : h("b", {}, String(value)),
      unit ? ` ${unit}` : ""),
    ...notes.map((note) => h("p", { class: "note" }, note)));
}

// Alarms

const STATES = { ALARM: "ALARM", OK: "OK", INSUFFICIENT_DATA: "too early", NOT_JUDGED: "not judged here" };
const ORDER = Object.keys(STATES);

export function showAlarms({ alarms, troubles }) {
  showTrouble("alarms", troubles.alarms);
  if (!alarms) return;
  const sorted = [...alarms].sort((a, b) =>
    ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.name.localeCompare(b.name));
  keep(byId("alarms"), sorted, (alarm) => alarm.name, makeAlarm);
  const ringing = sorted.filter((alarm) => alarm.state === "ALARM").map((alarm) => alarm.name);
  const said = ringing.length ? `${ringing.join(", ")} would ring` : "none would ring";
  const note = byId("alarms-note");
  if (note.textContent !== said) note.textContent = said;
}

function makeAlarm({ name, description, state, reason, rule }, old) {
  const inside = [
    description ? h("p", {}, linked(description)) : null,
    h("p", { class: "note" }, [rule, reason].filter(Boolean).join(" · ")),
  ];
  const head = [h("b", {}, name), h("span", { class: "chip" }, STATES[state])];
  // One that begins to ring opens by itself, once.
  const isOpen = old?.dataset.state === state ? old.querySelector("details").open : state === "ALARM";
  return h("li", { class: "alarm", "data-state": state },
    h("details", { open: isOpen }, h("summary", {}, head), inside));
}

/** A description, with the documents that it names as links. */
const linked = (text) => text.split(/(docs\/[a-z]+\.md#[\w-]+)/).map((part, i) =>
  i % 2 ? h("a", { href: `/glance/${part}`, target: "_blank" }, part) : part);

// Metrics

export function showMetrics({ now, stack, metrics: measured, troubles }) {
  showTrouble("metrics", troubles.logs);
  // All of them are this stage's: that says nothing of one.
  const metrics = measured.map(({ dimensions: { stage, ...others }, ...rest }) =>
    ({ ...rest, dimensions: stage === undefined || stage === stack.stage ? others : { stage, ...others } }));
  keep(byId("metrics"), metrics, (metric) =>
    JSON.stringify([metric.namespace, metric.name, metric.dimensions]), makeMetric);
  for (const cell of byId("metrics").querySelectorAll("[data-at]")) {
    cell.title = ago(now, Number(cell.dataset.at));
  }
}

function makeMetric({ name, dimensions, unit, last, last_at: at, count, sum, line }) {
  const tags = Object.entries(dimensions).map(([key, value]) =>
    h("span", { class: "tag" }, h("span", {}, `${key} `), value));
  const inUnit = (value) => (unit === "Seconds" ? duration(value * 1000)
    : unit === "Milliseconds" ? duration(value)
    : `${rounded(value)}${unit === "Percent" ? " %" : ""}`);
  const number = (label, value, at = null) =>
    h("span", { "data-at": at }, `${label} `, h("b", {}, value));
  return h("li", { class: "metric" },
    h("p", { class: "metric-name" }, h("b", {}, words(name)), ...tags),
    spark(line, `${name}: ${line.filter((value) => value !== null).length} of ${line.length} quarters of a minute with values`),
    h("p", { class: "numbers note" },
      number("last", inUnit(last), String(at)),
      number("values", String(count)),
      unit === "Count" ? number("sum", rounded(sum)) : null));
}

/** A name that may be broken between its words. */
const words = (name) => name.split(/(?<=[a-z0-9])(?=[A-Z])/).flatMap((word) => [word, h("wbr")]);
const rounded = (value) => String(Math.round(value * 100) / 100);

const WIDTH = 96;
const HEIGHT = 24;

/** A bar for each quarter of a minute; where a value is 0, a bar of a hair's height. */
function spark(line, label) {
  const top = Math.max(...line.map((value) => value ?? 0), 1e-9);
  const step = WIDTH / line.length;
  const bars = line.map((value, i) => {
    if (value === null) return null;
    const height = Math.max(1.5, (value / top) * (HEIGHT - 2));
    return svg("rect", {
      x: (i * step + 0.5).toFixed(2), y: (HEIGHT - 1 - height).toFixed(2),
      width: (step - 1).toFixed(2), height: height.toFixed(2), rx: 0.75,
      class: value ? "value" : "zero",
    });
  });
  return svg("svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label },
    svg("line", { x1: 0, x2: WIDTH, y1: HEIGHT - 0.5, y2: HEIGHT - 0.5 }), ...bars);
}
