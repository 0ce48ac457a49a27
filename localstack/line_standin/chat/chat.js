// The chat view: users on the side, one user's chat beside them, live.
// Whatever a message says is set as text; nothing here makes HTML from it.

import { renderFlex } from "./flex.js";

const byId = (id) => document.getElementById(id);
const shown = { user: null, ids: new Set(), day: "" };
let users = [];
let liffEndpoint = null;

const clockTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dayName = new Intl.DateTimeFormat(undefined, { weekday: "short", month: "short", day: "numeric" });

// Data

async function load(path) {
  const response = await fetch(path, { cache: "no-store" });
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  return response.json();
}

let running = null;
let again = false;

// One update at a time; a change that comes meanwhile is looked at afterwards.
function update() {
  again = true;
  running ??= (async () => {
    while (again) {
      again = false;
      await refresh();
    }
  })().catch((error) => console.warn(error.message)).finally(() => { running = null; });
  return running;
}

async function refresh() {
  ({ users, liff_endpoint: liffEndpoint } = await load("standin/users"));
  const wanted = decodeURIComponent(location.hash.slice(1));
  const chosen = users.find((user) => user.user_id === wanted);
  const isWide = matchMedia("(min-width: 44.01rem)").matches;
  const user = chosen ?? (isWide ? users[0] : undefined);
  renderUsers(user);
  const messages = user
    ? (await load(`standin/messages?user_id=${encodeURIComponent(user.user_id)}`)).messages
    : [];
  renderChat(user, messages);
}

// Users

function renderUsers(current) {
  byId("users").replaceChildren(...users.map((user) => {
    const link = element("a", "user");
    link.href = `#${encodeURIComponent(user.user_id)}`;
    if (user === current) link.setAttribute("aria-current", "true");
    const preview = user.preview ?? "Signed in, nothing received yet";
    link.append(
      avatar(user.name, user.user_id),
      element("span", "user-name", user.name),
      element("span", "user-time", user.received_at ? when(user.received_at) : ""),
      element("span", "user-preview", preview),
    );
    const row = element("li");
    row.append(link);
    return row;
  }));
  document.body.classList.toggle("has-users", users.length > 0);
  document.body.classList.toggle("in-chat", Boolean(current));
}

function avatar(name, seed) {
  const node = element("span", "avatar", [...name.trim()][0]?.toUpperCase() ?? "?");
  const hue = [...seed].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
  node.style.setProperty("--hue", String(hue));
  node.setAttribute("aria-hidden", "true");
  return node;
}

function when(seconds) {
  const date = new Date(seconds * 1000);
  return date.toDateString() === new Date().toDateString()
    ? clockTime.format(date)
    : dayName.format(date);
}

// One chat

function renderChat(user, messages) {
  const log = byId("log");
  const ids = new Set(messages.map((message) => message.id));
  const isAnother = user?.user_id !== shown.user || [...shown.ids].some((id) => !ids.has(id));
  if (isAnother) {
    log.replaceChildren();
    Object.assign(shown, { user: user?.user_id, ids: new Set(), day: "" });
  }
  log.onclick = (event) => openAsThisUser(event.target.closest("a"), user);
  byId("chat-header").hidden = !user;
  byId("relation").value = user?.is ?? "friend";
  byId("viewer").textContent = user ? `as ${user.name} sees it` : "";
  document.title = user ? `${user.name} · LINE chat view` : "LINE chat view";
  log.hidden = messages.length === 0;
  document.querySelector(".chat").classList.toggle("is-empty", messages.length === 0);
  renderEmpty(user, messages);

  const wasAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const fresh = messages.filter((message) => !shown.ids.has(message.id));
  // What is there already stays as it is: it may be playing.
  for (const message of fresh) {
    const previous = messages[messages.indexOf(message) - 1];
    log.append(...nodesFor(message, previous));
    shown.ids.add(message.id);
  }
  if (fresh.length && (isAnother || wasAtEnd)) showNewest(log, fresh);
}

// LINE opens a LIFF link as the user whose chat it is in; the order page reads the fragment.
function openAsThisUser(link, user) {
  if (!link || !user || link.origin !== location.origin) return;
  if (/^\/liff(\/|$)/.test(link.pathname)) link.hash = `standin-user=${user.user_id}`;
}

// A new push is read from its beginning, even where it is longer than the window.
function showNewest(log, fresh) {
  const newestPush = fresh.at(-1).push;
  const first = log.querySelector(`[data-push="${newestPush}"]`);
  log.scrollTop = log.scrollHeight;
  if (first && first.getBoundingClientRect().top < log.getBoundingClientRect().top) {
    first.scrollIntoView({ block: "start" });
  }
}

function nodesFor(message, previous) {
  const nodes = [];
  const date = new Date(message.received_at * 1000);
  const day = date.toDateString();
  if (day !== shown.day) {
    shown.day = day;
    const isToday = day === new Date().toDateString();
    nodes.push(element("p", "day", isToday ? "Today" : dayName.format(date)));
  }
  const isFirst = previous?.push !== message.push;
  const row = element("article", isFirst ? "message first" : "message");
  row.dataset.push = message.push;
  if (isFirst) {
    const face = avatar("點", "");
    row.append(face, element("p", "sender", "點餐傳聲筒"));
  }
  const content = element("div", "content");
  content.append(renderMessage(message));
  const time = element("time", "time", clockTime.format(date));
  time.dateTime = date.toISOString();
  row.append(content, time);
  nodes.push(row);
  return nodes;
}

function renderMessage({ message }) {
  if (message.type === "text") return element("div", "bubble text", message.text);
  if (message.type === "flex") return renderFlex(message.contents);
  if (message.type === "audio") return renderAudio(message);
  return element("div", "bubble unknown", `[${message.type} message]`);
}

const START = "M8 5.5v13a.8.8 0 0 0 1.2.7l10.4-6.5a.8.8 0 0 0 0-1.4L9.2 4.8A.8.8 0 0 0 8 5.5z";
const PAUSE = "M7 5h3.5v14H7zM13.5 5H17v14h-3.5z";

function renderAudio(message) {
  const bubble = element("div", "bubble audio");
  const audio = document.createElement("audio");
  audio.preload = "none";
  audio.src = message.originalContentUrl;
  const play = element("button", "play");
  play.type = "button";
  play.setAttribute("aria-label", "Play voice message");
  play.append(icon(START, "start"), icon(PAUSE, "pause"));
  const seek = element("input", "seek");
  Object.assign(seek, { type: "range", min: 0, max: message.duration, value: 0, step: 10 });
  seek.setAttribute("aria-label", "Position");
  const duration = element("span", "duration", minutes(message.duration));
  const trouble = element("p", "trouble");
  trouble.hidden = true;

  const follow = () => {
    if (audio.paused && !audio.currentTime) return;
    seek.value = audio.currentTime * 1000;
    duration.textContent = minutes(audio.ended ? message.duration : audio.currentTime * 1000);
    if (!audio.paused) requestAnimationFrame(follow);
  };
  const fail = () => {
    trouble.textContent = "This voice message can no longer be loaded.";
    trouble.hidden = false;
    bubble.classList.remove("playing");
  };
  play.addEventListener("click", () => {
    if (!audio.paused) return audio.pause();
    for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
    return audio.play().catch((error) => { if (error.name !== "AbortError") fail(); });
  });
  seek.addEventListener("input", () => { audio.currentTime = seek.value / 1000; });
  audio.addEventListener("play", () => {
    trouble.hidden = true;
    bubble.classList.add("playing");
    play.setAttribute("aria-label", "Pause voice message");
    follow();
  });
  audio.addEventListener("pause", () => {
    bubble.classList.remove("playing");
    play.setAttribute("aria-label", "Play voice message");
  });
  audio.addEventListener("ended", () => {
    seek.value = 0;
    duration.textContent = minutes(message.duration);
  });
  bubble.append(play, seek, duration, audio, trouble);
  return bubble;
}

function icon(path, className) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(space, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

function minutes(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

// Nothing yet

function renderEmpty(user, messages) {
  const panel = byId("empty");
  panel.hidden = messages.length > 0;
  if (messages.length) return;
  const title = user ? `Nothing for ${user.name} yet` : "No messages yet";
  const intro = user
    ? "An order placed while signed in as this user ends with a message here."
    : "This is where a traveller's LINE messages appear: the order, its text and its voice.";
  const steps = document.createElement("ol");
  const open = element("li", "", "Open the order page");
  if (liffEndpoint && /^https?:\/\//i.test(liffEndpoint)) {
    const link = element("a", "", "Open the order page");
    link.href = liffEndpoint;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    open.replaceChildren(link);
  }
  open.append(" and sign in. Guests get no LINE messages.");
  const order = element("li", "", "Choose some dishes and confirm the order.");
  const wait = element("li", "", "Watch this page: the message arrives by itself.");
  steps.append(open, order, wait);
  const or = element("p", "", "Or, in a terminal: ");
  or.append(element("code", "", "make order"));
  panel.replaceChildren(element("h2", "", title), element("p", "", intro), steps, or);
}

function element(tag, className = "", text = "") {
  const node = document.createElement(tag);
  node.className = className;
  if (text) node.textContent = text;
  return node;
}

// Live

function listen() {
  const live = byId("live");
  const source = new EventSource("standin/events");
  source.addEventListener("open", () => {
    live.textContent = "Live";
    live.classList.add("on");
  });
  source.addEventListener("error", () => {
    live.textContent = "Reconnecting…";
    live.classList.remove("on");
  });
  source.addEventListener("change", update);
}

// What this user is to the official account: to others than friends, LINE takes messages and
// delivers none.
byId("relation").addEventListener("change", ({ target }) => {
  const is = target.value;
  fetch("standin/friends", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user_id: shown.user, is }),
  }).catch((error) => console.warn(error.message));
});
addEventListener("hashchange", update);
byId("back").addEventListener("click", () => {
  history.replaceState(null, "", location.pathname);
  update();
});
update();
listen();
