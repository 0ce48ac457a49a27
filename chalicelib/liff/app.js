/** The page: find out who and in which language, then show what the address says. */
import { sent } from "./before.js";
import { count, emptyCart } from "./cart.js";
import { hasLeftDialog } from "./dialog.js";
import { h } from "./dom.js";
import { nameAnew } from "./finding.js";
import { bestLanguage, chosenLanguage, currentLanguage, rememberLanguage, t, useLanguage } from "./i18n.js";
import { asExpired, asGuest, identify } from "./identity.js";
import { action, settle, watchBars } from "./layout.js";
import { loadMenu, menuState } from "./menu.js";
import { createRun } from "./order-run.js";
import { currentRoute, writeAddress } from "./router.js";
import { forget, recall, remember } from "./storage.js";
import { answered, isSettled, pendingSubmission, setAside, submission } from "./submission.js";
import { fetchLater, fetchView, makerOf } from "./views.js";
import { audio, silenceNow, unlock, wantsAloud } from "./voice.js";

const LAST_ORDER_MS = 12 * 3600 * 1000;
const root = document.getElementById("app");

const app = {
  identity: null,
  get lastOrderId() {
    return recall("last-order", LAST_ORDER_MS);
  },
  go,
  askForMenu,
  redraw: () => show({ focus: false }),
  changeLanguage,
  confirm,
  goOnAsGuest,
  expire,
  keepWaiting() {
    unlockIfSilent();
    run.keepWaiting();
  },
  tryAgain() {
    unlockIfSilent();
    run.tryAgain();
  },
};

let run = null;
/** The key of what `run` sends, until it is answered. */
let unanswered = null;
let view = null;
/** The state of the menu that `view` was made of. */
let drawnFrom = null;
/** How often something was to be shown: the last one counts. */
let shows = 0;
let stopWatchingBars = () => {};

function go(route, { replace = false } = {}) {
  leave();
  writeAddress(route, { replace });
  showAddress();
}

/** Whose shop may be another one than that of what is shown. */
function showAddress() {
  if (menuState().store === drawnFrom?.store) show();
  else askForMenu();
}

function askForMenu() {
  const asked = loadMenu();
  show();
  showMenu(asked);
}

/** When it has been asked for; not under a sheet that is open. */
async function showMenu(asked) {
  await asked;
  const isShown = currentRoute().name === "menu" && !document.querySelector("dialog[open]");
  if (menuState() === drawnFrom || !isShown) return;
  settle();
  show({ focus: false });
}

/** What is not known to be sent is not sent behind the traveller's back: menu and review say so. */
function leave() {
  const phase = run?.state.phase;
  if (["sending", "unreachable", "signed-out"].includes(phase)) setAside();
  if (phase !== "sending") return;
  run.stop();
  run = null;
  unanswered = null;
}

/** Called in the tap itself: the voice that comes in a few seconds may then start by itself. */
function confirm(order) {
  // Of what is sent already, nothing is sent again.
  if (run?.state.phase === "sending") return;
  if (wantsAloud()) unlock();
  send(submission(order));
  show();
}

/** The traveller's choice, and never made for them. An order that waited for it is sent. */
function goOnAsGuest() {
  app.identity = asGuest(app.identity);
  const pending = pendingSubmission();
  if (pending) send(pending);
  show();
}

/** The server does not take LINE's word for this user any more. */
function expire() {
  app.identity = asExpired(app.identity);
  askWhoSends();
  show();
}

/** An order on its way that may not be sent as this identity: its review asks as whom. */
function askWhoSends() {
  if (pendingSubmission()) writeAddress({ name: "review" }, { replace: true });
}

function send(pending) {
  startRun();
  unanswered = pending.key;
  run.send(pending);
}

function unlockIfSilent() {
  if (wantsAloud() && audio.paused && !run.state.status?.voice_ready) unlock();
}

function startRun() {
  run?.stop();
  unanswered = null;
  run = createRun(app.identity, onRunChange);
}

function onRunChange(state) {
  if (unanswered && (state.orderId || state.phase === "refused")) {
    answered(unanswered);
    unanswered = null;
    if (state.orderId) arrived(state);
  }
  if (isSettled(app.identity) && state.phase === "missing" && state.orderId === app.lastOrderId) {
    forget("last-order");
  }
  if (state.phase === "signed-out" && app.identity.kind === "user") expire();
  else view?.update?.(state);
}

function arrived({ orderId }) {
  emptyCart();
  sent();
  remember("last-order", orderId);
  writeAddress({ name: "order", orderId }, { replace: true });
}

/**
 * Show what the address says, and move the focus to its heading. A view that has not been fetched
 * yet is awaited, and what is shown stays meanwhile.
 */
function show({ focus = true, route = shownRoute() } = {}) {
  shows += 1;
  const make = makerOf(route.name);
  if (!make) return showLater(route, shows, focus);
  view?.dispose?.();
  document.querySelector("dialog")?.close();
  view = null;
  drawnFrom = menuState();
  view = viewOf(route, make);
  const { heading, header, main, bar } = view;
  root.replaceChildren(...[header, main, bar].filter(Boolean));
  document.title = heading.textContent;
  stopWatchingBars();
  stopWatchingBars = watchBars(header, bar);
  if (!focus) return;
  settle();
  scrollTo(0, 0);
  heading.focus({ preventScroll: true });
}

async function showLater(route, wanted, focus) {
  try {
    await fetchView(route.name);
  } catch (error) {
    // Before the first view it is the guard's to say (guard.js).
    if (!view) throw error;
    if (wanted === shows) offerReload();
    return;
  }
  // As it was wanted: what was on its way may have been refused meanwhile.
  if (wanted === shows) show({ focus, route });
}

/** A module that could not be had is often not asked for again before a reload. */
function offerReload() {
  const again = action(t("reload"), "secondary reload", () => location.reload());
  root.querySelector(".reload")?.remove();
  root.querySelector("main").prepend(again);
  again.focus();
}

/** What is on its way is shown, whatever the address says. */
const shownRoute = () => (run?.state.phase === "sending" ? { name: "order" } : currentRoute());

function viewOf(route, make) {
  if (route.name !== "order") return make(app);
  const isAnother = route.orderId && run?.state.orderId !== route.orderId;
  if (isAnother && run?.state.phase !== "sending") {
    startRun();
    silenceNow();
    run.follow(route.orderId);
  }
  return make(app, run);
}

async function changeLanguage(tag) {
  const position = scrollY;
  rememberLanguage(tag);
  try {
    await useLanguage(tag);
  } catch (error) {
    if (error instanceof TypeError) {
      // No network: what is shown stays, in the language that it has.
      rememberLanguage(currentLanguage());
      root.querySelector("select.language").value = currentLanguage();
      return tellOffline();
    }
    // The texts of a version that has been replaced meanwhile: start anew.
    location.reload();
    return;
  }
  await nameAnew();
  fetchLater();
  show({ focus: false });
  scrollTo(0, position);
  root.querySelector("select.language").focus();
}

/** In the header, which is in sight wherever the page is scrolled to. */
function tellOffline() {
  root.querySelector(".top .wrong")?.remove();
  root.querySelector(".top").append(h("p", { class: "wrong", role: "alert" }, t("language_offline")));
}

async function start() {
  const wanted = chosenLanguage() ?? bestLanguage(navigator.languages);
  const asked = loadMenu();
  const { store } = menuState();
  // Beside the texts. If it cannot be had, it is asked for again when it is shown.
  fetchView(currentRoute().name).catch(() => {});
  const [identity] = await Promise.all([
    identify((error) => console.warn(error.message)),
    useLanguage(wanted),
  ]);
  app.identity = identity;
  const lineLanguage = identity.language && bestLanguage([identity.language]);
  if (lineLanguage && !chosenLanguage() && lineLanguage !== currentLanguage()) {
    await useLanguage(lineLanguage);
  }
  addEventListener("popstate", () => {
    if (hasLeftDialog()) return;
    if (view?.closeStaffView?.()) {
      // The entry before is older than the order's address, if the server answered meanwhile.
      const { orderId } = run.state;
      if (orderId) writeAddress({ name: "order", orderId }, { replace: true });
      return;
    }
    leave();
    showAddress();
  });
  if (currentRoute().name === "review" && count() === 0) {
    // Reloaded in the moment between the server's answer and the new address.
    const orderId = app.lastOrderId;
    writeAddress(orderId ? { name: "order", orderId } : { name: "menu" }, { replace: true });
  }
  const pending = pendingSubmission();
  if (pending && isSettled(identity)) send(pending);
  else askWhoSends();
  await show({ focus: false });
  // LINE's login returns to another address than the shop's, and restores that.
  showMenu(menuState().store === store ? asked : loadMenu());
  // A tap asked for a module that could not be had.
  addEventListener("unhandledrejection", offerReload);
  fetchLater();
}

// What rejects here is the guard's (guard.js): there are no texts to say it with.
start();
