/**
 * What the page tells of itself, so that operators see whether it works where none of them is:
 * kinds, and nothing else (`POST /api/page-events`).
 *
 * It comes in idle time after the first view (later.js), looks on from outside, and sends one beacon
 * when the page is left. What goes wrong with that is told to nobody, and nobody waits for it.
 */
import { apiUrl } from "./config.js";
import { audio } from "./voice.js";

/** The most that the server takes at once. */
const MOST = 20;
const told = [];

export const tell = (kind) => told.push(kind);

function send() {
  if (document.visibilityState !== "hidden" || !told.length) return;
  try {
    navigator.sendBeacon(new URL("page-events", apiUrl), JSON.stringify({ events: told.splice(0, MOST) }));
  } catch {
    // A web view without beacons.
  }
}

/** A voice by its address without its signature; null of the silence that a tap begins with. */
function voice() {
  const { protocol, pathname } = new URL(audio.currentSrc, location);
  return protocol === "blob:" ? null : pathname;
}

const played = new Set();
/** The voice whose address has just broken: the player gets a new one, once. */
let broken = null;

function onPlaying() {
  broken = null;
  if (voice() && !played.has(voice())) {
    played.add(voice());
    tell("voice_played");
  }
}

function onBroken() {
  if (voice() && broken === voice()) tell("play_failed");
  broken = voice();
}

/** The page has stopped asking, and the traveller has no voice (`view-order.js` shows it). */
function onHeadline(changes) {
  const isLate = ({ target, oldValue }) => target.dataset.kind === "late" && oldValue !== "late";
  if (changes.some(isLate)) tell("order_not_seen");
}

tell("page_opened");
audio.addEventListener("playing", onPlaying);
audio.addEventListener("error", onBroken);
addEventListener("error", () => tell("script_error"), { once: true });
new MutationObserver(onHeadline).observe(document.getElementById("app"), {
  attributeFilter: ["data-kind"],
  attributeOldValue: true,
  subtree: true,
});
document.addEventListener("visibilitychange", send);
