/**
 * Show to staff: the Chinese order in very large type, over everything; how much it is, and the
 * voice, stay in sight. It has an entry of its own in the browser's history, so that "back" leaves
 * it and not the order: all that closes it goes back, and whoever hears of that calls `end()`.
 */
import { chinese, h, icon } from "./dom.js";
import { t, text } from "./i18n.js";
import { settle } from "./layout.js";
import { needsList } from "./needs-list.js";
import { needsOf, orderItems, staffOrder, storeOf, totalLine } from "./order-text.js";
import { audio } from "./voice.js";

const FULLSCREEN_PATIENCE_MS = 500;
/** So few dishes may be even larger. */
const FEW = 4;
/** More of them in smaller letters: none may be out of sight. */
const MANY_NEEDS = 4;

/** `{update(state), end()}` */
export function showToStaff(state, player) {
  let hasVoice = false;
  let isSent = false;
  let isAwaited = true;
  let isLeaving = false;
  const lock = stayAwake();
  const listeners = new AbortController();
  const play = h("button", { type: "button", class: "action primary", onclick: player.toggle });
  const close = h(
    "button",
    { type: "button", class: "action secondary", onclick: goBack },
    icon("close"),
    t("staff.close"),
  );
  const list = h("ul", { class: orderItems(state).length <= FEW && "few" });
  const about = h("p", { class: "staff-about" });
  const note = h("p", { class: "staff-note" });
  let drawn = "";
  const needs = needsOf(state);
  const howMany = needs.allergies.length + needs.diets.length;
  const dialog = h(
    "dialog",
    { class: "staff", "aria-label": t("staff.title") },
    h(
      "div",
      { class: "staff-order" },
      // In sight however far the dishes are scrolled.
      needsList(needs, "staff_", {
        class: `needs staff-needs${howMany > MANY_NEEDS ? " many" : ""}`,
        tabindex: 0,
        role: "group",
        "aria-label": t("before.needs"),
      }),
      h(
        "div",
        { class: "staff-text", lang: "zh-Hant-TW", tabindex: 0, role: "group", "aria-label": t("staff.title") },
        chinese("p", { class: "staff-greeting" }, text("staff_summary.greeting")),
        about,
        list,
        note,
        h("p", { class: "muted" }, storeOf(state).original),
      ),
    ),
    h(
      "div",
      { class: "staff-foot" },
      // In sight however long the list is: who reads it sees how much there is.
      chinese("p", { class: "staff-total" }, totalLine(state, "staff_summary")),
      h("div", { class: "bar" }, play, close),
    ),
  );

  /** Anew once the server has told what the notes are in Chinese, and what the voice leaves out. */
  function drawOrder(state) {
    const order = staffOrder(state);
    if (JSON.stringify(order) === drawn) return;
    drawn = JSON.stringify(order);
    list.replaceChildren(
      ...order.items.map(({ name, details, quantity }) =>
        h(
          "li",
          {},
          h("span", {}, told(name), details.length > 0 && h("small", {}, listed(details))),
          h("b", {}, `× ${quantity}`),
        ),
      ),
    );
    for (const [element, part] of [[about, order.about], [note, order.note]]) {
      element.hidden = !part;
      element.replaceChildren(...(part ? told(part) : []));
    }
  }

  function draw() {
    play.disabled = !hasVoice;
    play.hidden = !hasVoice && !isAwaited;
    const isPlaying = hasVoice && !audio.paused;
    const pending = isSent ? "player.pending" : "player.unsent";
    const name = !hasVoice ? pending : isPlaying ? "player.pause" : "player.play";
    play.replaceChildren(icon(isPlaying ? "pause" : "play"), t(name));
  }

  function update(state) {
    const { phase, orderId, status } = state;
    drawOrder(state);
    hasVoice = Boolean(status?.voice_ready);
    isSent = Boolean(orderId);
    isAwaited = ["sending", "following", "late"].includes(phase);
    draw();
  }

  /** Once: the entry before is the order's. */
  function goBack() {
    if (isLeaving) return;
    isLeaving = true;
    history.back();
  }

  function end() {
    if (listeners.signal.aborted) return;
    listeners.abort();
    lock.release();
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    if (dialog.open) dialog.close();
    dialog.remove();
    settle();
  }

  for (const type of ["play", "pause", "ended"]) audio.addEventListener(type, draw, listeners);
  document.addEventListener(
    "fullscreenchange",
    () => document.fullscreenElement || goBack(),
    listeners,
  );
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    goBack();
  });
  dialog.addEventListener("close", end);
  history.pushState(null, "");
  update(state);
  fullScreen().then(() => {
    if (listeners.signal.aborted) return;
    document.body.append(dialog);
    dialog.showModal();
    settle();
    // Scrolled to, on a small screen it would hide the allergies above it.
    dialog.querySelector(".staff-text").focus({ preventScroll: true });
    dialog.scrollTop = 0;
  });
  return { update, end };
}

/** A part of the order, and behind it what of it the voice has not said. */
function told({ text: said, unsaid }) {
  if (!unsaid.length) return [said];
  const others = unsaid.filter((part) => !said.includes(part));
  const mark = [text("staff_summary.unspoken"), ...others].join("：");
  return [`${said} `, h("em", { class: "unsaid" }, mark)];
}

const listed = (parts) => parts.flatMap((part, at) => [at ? "、" : "", ...told(part)]);

/** Where the web view allows it the browser's own bars go, too. Before the dialog opens: what
 * enters the top layer later lies above. */
function fullScreen() {
  const entered = document.documentElement.requestFullscreen?.().catch(() => {});
  const patience = new Promise((resolve) => setTimeout(resolve, FULLSCREEN_PATIENCE_MS));
  return entered ? Promise.race([entered, patience]) : Promise.resolve();
}

/** Keep the screen on (Screen Wake Lock API), also after the phone was looked away from. */
function stayAwake() {
  let sentinel = null;
  let isOver = false;
  async function acquire() {
    if (document.visibilityState !== "visible") return;
    try {
      sentinel = await navigator.wakeLock?.request("screen");
      if (isOver) sentinel?.release();
    } catch {
      // Low battery, or not allowed here: the screen goes dark as always.
    }
  }
  document.addEventListener("visibilitychange", acquire);
  acquire();
  return {
    release() {
      isOver = true;
      document.removeEventListener("visibilitychange", acquire);
      sentinel?.release();
    },
  };
}
