/**
 * The views by the name of their route. The one that the address opens with is fetched with the page
 * (`first_view` in __init__.py); the others, and what they need, in idle time after it is shown: so
 * the first load is light, and later steps work where there is no network any more.
 */
const makers = new Map();

const VIEWS = {
  counter: async () => (await import("./view-counter.js")).counterView,
  menu: async () => (await import("./view-menu.js")).menuView,
  review: async () => (await import("./view-review.js")).reviewView,
  order: async () => (await import("./view-order.js")).orderView,
  history: async () => (await import("./view-history.js")).historyView,
};

/** What a tap in a menu opens, before anything else. */
const FIRST = () => import("./option-sheet.js");

/** What a tap in the others opens, and what they look up. */
const PARTS = [
  async () => (await import("./finding.js")).prefetch(),
  async () => (await import("./kind-options.js")).kindGroups(null),
  () => import("./dish-editor.js"),
  () => import("./paste-list.js"),
];

/** The function that makes the view; undefined while it has not been fetched. */
export const makerOf = (name) => makers.get(name);

/** Rejects where the view cannot be had. */
export async function fetchView(name) {
  if (!makers.has(name)) makers.set(name, await VIEWS[name]());
}

/** In the order of the road, when the browser has nothing else to do. */
export function fetchLater() {
  const whenIdle = window.requestIdleCallback ?? ((work) => setTimeout(work, 200));
  whenIdle(async () => {
    const views = Object.keys(VIEWS).map((name) => () => fetchView(name));
    for (const part of [FIRST, ...views, ...PARTS]) {
      // It is asked for again when it is wanted, and its absence told then.
      await part().catch(() => {});
    }
  });
}
