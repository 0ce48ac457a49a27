/**
 * The views by the name of their route. The page may open with a counter or a menu; the others come
 * in idle time after it is shown (later.js, order-views.js): so the first load is light, and later
 * steps work where there is no network any more.
 */
import { prefetch } from "./finding.js";
import { kindGroups } from "./kind-options.js";
import { counterView } from "./view-counter.js";
import { menuView } from "./view-menu.js";

const makers = new Map(Object.entries({ counter: counterView, menu: menuView }));

/** The function that makes the view; undefined while it has not been fetched. */
export const makerOf = (name) => makers.get(name);

/** Rejects where the view cannot be had. */
export async function fetchView(name) {
  if (makers.has(name)) return;
  const script = name === "review" ? import("./later.js") : import("./order-views.js");
  const { views } = await script;
  for (const [later, make] of Object.entries(views)) makers.set(later, make);
}

/** When the browser has nothing else to do: the other views, and what the first ones look up. */
export function fetchLater() {
  const whenIdle = window.requestIdleCallback ?? ((work) => setTimeout(work, 200));
  whenIdle(async () => {
    for (const part of [() => fetchView("review"), () => fetchView("order"), prefetch, () => kindGroups(null)]) {
      // It is asked for again when it is wanted, and its absence told then.
      await part().catch(() => {});
    }
  });
}
