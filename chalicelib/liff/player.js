/**
 * The player: play, seek, speed, repeat, download. It is there from the start, so that nothing
 * jumps when the voice arrives; until then it says so.
 *
 * Presigned URLs expire, and save what they open (`Content-Disposition: attachment`). An expired one is replaced by `refresh()` (a fresh status of the order)
 * without a word, and playing goes on where it was.
 */
import { h, icon, setText } from "./dom.js";
import { clock, number, t } from "./i18n.js";
import { audio, holds, load, takePermission, unlock, willStart } from "./voice.js";

const SPEEDS = [0.7, 1, 1.3];
const EXPIRES_SOON_MS = 5_000;
const RENEWAL_PAUSE_MS = 10_000;
const EVENTS = ["play", "playing", "pause", "ended", "timeupdate", "loadedmetadata", "seeked"];

/** What survives a change of language or order. */
const choice = { speed: 1, repeats: false };

/** `{element, update(state), toggle(), dispose()}`; `state` is an order-run.js one. `besides` is an
 * element that stands below Play. */
export function createPlayer({ refresh, besides }) {
  let voice = null;
  let isSent = false;
  let wantsToPlay = false;
  let isRefreshing = false;
  let isBroken = false;
  let isSeeking = false;
  let renewedAt = -Infinity;

  const parts = playerParts({ toggle, setSpeed, toggleRepeat, onDownload, besides });
  const { playButton, seek, now, length, hint, speeds, repeat, download, element } = parts;

  const listeners = new AbortController();
  for (const type of EVENTS) audio.addEventListener(type, draw, listeners);
  audio.addEventListener("error", recover, listeners);
  seek.addEventListener("input", () => {
    isSeeking = true;
    drawTime(Number(seek.value));
  });
  seek.addEventListener("change", () => {
    isSeeking = false;
    if (holds(voice?.orderId)) audio.currentTime = Number(seek.value);
  });

  const isHeld = () => holds(voice?.orderId);
  const hasExpired = () => voice.expiresAt <= Date.now() + EXPIRES_SOON_MS;
  const seconds = () => (isHeld() && audio.duration) || (voice?.durationMs ?? 0) / 1000;

  function update({ orderId, status }) {
    isSent = Boolean(orderId);
    if (status?.voice_ready && status.voice_url) show(status);
    draw();
  }

  /** Take over what a status says about the voice. */
  function show(status) {
    adopt(status);
    if (isHeld()) return;
    begin();
    if (takePermission()) play();
  }

  function adopt(status) {
    voice = {
      orderId: status.order_id,
      url: status.voice_url,
      durationMs: status.voice_duration_ms,
      expiresAt: status.voice_expires_at ? Date.parse(status.voice_expires_at) : Infinity,
    };
    download.href = voice.url;
  }

  function begin(position = 0) {
    isBroken = false;
    load(voice.orderId, voice.url, position);
    audio.loop = choice.repeats;
    audio.defaultPlaybackRate = choice.speed;
    audio.playbackRate = choice.speed;
  }

  function play() {
    wantsToPlay = true;
    audio.play().catch((error) => {
      // The web view wants a tap: the big button is there. Other troubles come as "error" events.
      if (error.name === "NotAllowedError") wantsToPlay = false;
      draw();
    });
  }

  function toggle() {
    if (!voice) return;
    if (isHeld() && !audio.paused && !isBroken) {
      wantsToPlay = false;
      audio.pause();
    } else if (isBroken || (hasExpired() && audio.readyState < audio.HAVE_ENOUGH_DATA)) {
      const position = isHeld() ? audio.currentTime : 0;
      unlock();
      takePermission();
      wantsToPlay = true;
      renew(position);
    } else {
      if (!isHeld()) begin();
      play();
    }
  }

  /** A fresh URL, and on from `position`. */
  async function renew(position) {
    if (isRefreshing) return;
    isRefreshing = true;
    renewedAt = Date.now();
    try {
      adopt(await refresh());
      begin(position);
      if (wantsToPlay) play();
    } catch {
      isBroken = true;
    } finally {
      isRefreshing = false;
      draw();
    }
  }

  /** The source broke: most likely its URL has expired. If that was not it, a tap tries again. */
  function recover() {
    if (!isHeld() || isRefreshing) return;
    if (Date.now() - renewedAt > RENEWAL_PAUSE_MS) {
      renew(audio.currentTime);
    } else {
      isBroken = true;
      draw();
    }
  }

  async function onDownload(event) {
    if (!voice || !hasExpired() || isRefreshing) return;
    event.preventDefault();
    isRefreshing = true;
    try {
      adopt(await refresh());
      download.click();
    } catch {
      setText(hint, t("player.broken"));
    } finally {
      isRefreshing = false;
    }
  }

  function setSpeed(value) {
    choice.speed = value;
    audio.defaultPlaybackRate = value;
    audio.playbackRate = value;
    speeds.forEach((button, at) => button.setAttribute("aria-pressed", SPEEDS[at] === value));
  }

  function toggleRepeat() {
    choice.repeats = !choice.repeats;
    audio.loop = choice.repeats;
    repeat.setAttribute("aria-pressed", choice.repeats);
  }

  function drawTime(position) {
    const times = { now: clock(position), total: clock(seconds()) };
    setText(now, times.now);
    setText(length, times.total);
    seek.setAttribute("aria-valuetext", t("player.time", times));
  }

  function draw() {
    const isPlaying = isHeld() && !audio.paused && !isBroken;
    const name = t(isPlaying ? "player.pause" : "player.play");
    if (playButton.getAttribute("aria-label") !== name) {
      playButton.setAttribute("aria-label", name);
      playButton.replaceChildren(icon(isPlaying ? "pause" : "play"));
    }
    for (const part of [playButton, seek]) part.disabled = !voice;
    download.setAttribute("aria-disabled", !voice);
    setText(hint, t(isBroken ? "player.broken" : voice ? "player.ready" : pending()));
    if (seconds()) seek.max = seconds().toFixed(1);
    if (isSeeking) return;
    const position = isHeld() ? audio.currentTime : 0;
    seek.value = position;
    drawTime(position);
  }

  const pending = () =>
    !isSent ? "player.unsent" : willStart() ? "player.pending_aloud" : "player.pending";

  draw();
  return { element, update, toggle, dispose: () => listeners.abort() };
}

function playerParts({ toggle, setSpeed, toggleRepeat, onDownload, besides }) {
  const button = (properties, ...children) =>
    h("button", { type: "button", ...properties }, ...children);
  const playButton = button({ class: "play", onclick: toggle });
  const seek = h("input", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.1,
    value: 0,
    "aria-label": t("player.seek"),
  });
  const now = h("span", { class: "time" });
  const length = h("span", { class: "time" });
  const hint = h("p", { class: "hint", role: "status" });
  const speeds = SPEEDS.map((value) =>
    button(
      {
        class: "chip",
        "aria-pressed": String(value === choice.speed),
        onclick: () => setSpeed(value),
      },
      `${number(value)}×`,
    ),
  );
  const repeat = button(
    { class: "chip", "aria-pressed": String(choice.repeats), onclick: toggleRepeat },
    icon("repeat"),
    t("player.repeat"),
  );
  const download = h(
    "a",
    { class: "chip", role: "link", download: true, onclick: onDownload },
    icon("download"),
    t("player.download"),
  );
  const element = h(
    "section",
    { class: "card player", "aria-label": t("player.title") },
    playButton,
    hint,
    besides,
    h("div", { class: "seek" }, now, seek, length),
    h("div", { class: "chips", role: "group", "aria-label": t("player.speed") }, speeds),
    h("div", { class: "chips" }, repeat, download),
  );
  return { playButton, seek, now, length, hint, speeds, repeat, download, element };
}
