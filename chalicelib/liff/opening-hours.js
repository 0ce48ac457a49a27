/** When the shop is open, as the menu says: shown, and nothing rests on it. */
import { h } from "./dom.js";
import { currentLanguage, t } from "./i18n.js";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/** A Monday. */
const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 24 * 3600 * 1000;

export const openingHours = (hours) =>
  h(
    "p",
    { class: "muted hours" },
    t("shop.hours", {
      listed: hours.map(({ days, opens, closes }) => `${daysText(days)} ${opens}–${closes}`).join(" · "),
    }),
  );

/** Mon–Fri, Sun */
function daysText(days) {
  const name = new Intl.DateTimeFormat(currentLanguage(), { weekday: "short", timeZone: "UTC" });
  const say = (at) => name.format(MONDAY + at * DAY_MS);
  const listed = DAYS.map((day, at) => (days.includes(day) ? at : null)).filter((at) => at !== null);
  const runs = [];
  for (const at of listed) {
    const last = runs.at(-1);
    if (last?.at(-1) === at - 1) last.push(at);
    else runs.push([at]);
  }
  return runs
    .map((run) => (run.length > 2 ? `${say(run[0])}–${say(run.at(-1))}` : run.map(say).join(", ")))
    .join(", ");
}
