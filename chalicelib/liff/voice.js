/**
 * The page's one audio element. Web views let a page play sound only in a tap; an element that has
 * played inside one, be it silence, may get another source and play that later. So `unlock()` is
 * called in the confirm tap, and the voice that arrives seconds later starts by itself: where the
 * traveller wants that (`wantsAloud`), because a phone that speaks unasked startles.
 */
import { recall, remember } from "./storage.js";

export const audio = new Audio();
audio.preload = "auto";
audio.preservesPitch = true;
audio.webkitPreservesPitch = true;

let mayStartByItself = false;
let loadedOrder = null;

/** Whether the element holds this order's voice. */
export const holds = (orderId) => orderId !== undefined && loadedOrder === orderId;

/** Take an order's voice, to go on at `position` (seconds). */
export function load(orderId, url, position = 0) {
  loadedOrder = orderId;
  audio.src = url;
  if (position) audio.currentTime = position;
}

/** Whether the traveller lets the voice start by itself; not unless they said so. */
export const wantsAloud = () => recall("aloud") === true;

export const setAloud = (wanted) => remember("aloud", wanted);

/** To be called inside a tap, while nothing is playing. */
export function unlock() {
  mayStartByItself = true;
  loadedOrder = null;
  audio.loop = false;
  audio.src = silence();
  audio.play().catch(() => {
    // No permission: the big play button is there.
  });
}

/** Whether the voice will start by itself when it comes. */
export const willStart = () => mayStartByItself;

/** Whether the voice should start by itself; true once for every `unlock()`. */
export function takePermission() {
  const had = mayStartByItself;
  mayStartByItself = false;
  return had;
}

/** Stop, and forget the source. */
export function silenceNow() {
  mayStartByItself = false;
  loadedOrder = null;
  audio.pause();
  audio.removeAttribute("src");
  audio.load();
}

let silentUrl = null;

/** A tenth of a second of 8-bit, 8 kHz silence (WAV). */
function silence() {
  if (silentUrl) return silentUrl;
  const samples = 800;
  const bytes = new Uint8Array(44 + samples).fill(128, 44);
  const view = new DataView(bytes.buffer);
  const ascii = (at, text) => [...text].forEach((letter, i) => (bytes[at + i] = letter.charCodeAt(0)));
  ascii(0, "RIFF");
  view.setUint32(4, 36 + samples, true);
  ascii(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 8000, true);
  view.setUint32(28, 8000, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  ascii(36, "data");
  view.setUint32(40, samples, true);
  silentUrl = URL.createObjectURL(new Blob([bytes], { type: "audio/wav" }));
  return silentUrl;
}
