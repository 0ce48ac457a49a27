// Asks once a second what goes on, while somebody looks, and shows it.

import { ago, byId } from "./dom.js";
import { showOrders } from "./orders.js";
import { showAlarms, showMetrics, showRoad } from "./panels.js";

const EVERY_MS = 1000;
let timer = null;

async function look() {
  timer = null;
  try {
    const answer = await fetch("/glance/state", { cache: "no-store" });
    const told = await answer.json();
    if (answer.ok) show(told);
    else say("Cannot be read", told.trouble);
  } catch (error) {
    say("Reconnecting…", error instanceof TypeError ? "The stand-in does not answer." : error.message);
  }
  if (!document.hidden) timer = setTimeout(look, EVERY_MS);
}

function show(told) {
  say("Live", "");
  byId("main").hidden = false;
  const { emulator, stage, since, page } = told.stack;
  byId("about").textContent = [
    `${emulator}, stage ${stage}`,
    `${told.processes} processes of functions`,
    `deployed ${ago(told.now, since)}`,
  ].join(" · ");
  byId("page").href = page;
  byId("page").hidden = false;
  showRoad(told);
  showAlarms(told);
  showOrders(told);
  showMetrics(told);
  const ringing = (told.alarms ?? []).filter((alarm) => alarm.state === "ALARM").length;
  document.title = `${ringing ? `(${ringing}) ` : ""}What goes on · Order Voice`;
}

function say(state, trouble) {
  const live = byId("live");
  if (live.textContent !== state) live.textContent = state;
  live.classList.toggle("on", state === "Live");
  const line = byId("trouble");
  if (line.textContent !== trouble) line.textContent = trouble;
  line.hidden = !trouble;
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && timer === null) look();
});
look();
