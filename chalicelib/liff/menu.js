/**
 * The menu of the shop in the address: asked of the API, kept for where there is no network.
 *
 *     none            no shop in the address
 *     loading         on its way, and none is kept
 *     loaded          `menu` is the API's document, or the one that is kept
 *     unknown         there is no such shop
 *     unreachable     and none is kept
 */
import { apiUrl } from "./config.js";
import { groupsOf } from "./dish-options.js";
import { currentStore } from "./router.js";
import { forget, recall, remember } from "./storage.js";

/** Of the shop where the traveller was last: there is little room in a web view. */
const KEPT = "menu";
const KEPT_MS = 24 * 3600 * 1000;
const PATIENCE_MS = 20_000;
const MISSING = [404, 422];

let state = { store: null, phase: "none", menu: null };
let asked = null;

/** `{store, phase, menu}`: another object where something has changed. */
export function menuState() {
  const store = currentStore();
  if (store !== state.store) {
    const kept = recall(KEPT, KEPT_MS);
    const menu = store && kept?.store_id === store ? kept : null;
    state = { store, phase: !store ? "none" : menu ? "loaded" : "loading", menu };
  }
  return state;
}

export const menuPhase = () => menuState().phase;

/** The document, or null. */
export const currentMenu = () => menuState().menu;

const dishes = () => currentMenu()?.sections.flatMap(({ dishes }) => dishes) ?? [];

export const dishOf = (id) => dishes().find((dish) => dish.id === id) ?? null;

/** The dish that this menu calls exactly so in Chinese, or null. */
export const dishNamed = (chinese) => dishes().find(({ name }) => name["zh-TW"] === chinese) ?? null;

/** What can be chosen for a dish of this menu. */
export const menuGroups = (dish) => groupsOf(dish, currentMenu()?.option_groups ?? []);

/** Ask for the menu anew. Never rejects: what came of it is the state. */
export function loadMenu() {
  const { store, menu } = menuState();
  if (!store || asked?.store === store) return asked?.over ?? Promise.resolve();
  if (!menu) state = { store, phase: "loading", menu };
  const question = { store, over: null };
  question.over = ask(store).finally(() => {
    if (asked === question) asked = null;
  });
  asked = question;
  return question.over;
}

async function ask(store) {
  try {
    const response = await fetch(new URL(`menus/${encodeURIComponent(store)}`, apiUrl), {
      // Revalidated by its ETag.
      cache: "no-cache",
      signal: AbortSignal.timeout?.(PATIENCE_MS),
    });
    if (MISSING.includes(response.status)) {
      become(store, "unknown", null);
      forget(KEPT);
      return;
    }
    if (!response.ok) throw new Error(`no menu: ${response.status}`);
    const menu = await response.json();
    become(store, "loaded", menu);
    remember(KEPT, menu);
  } catch {
    const { menu } = menuState();
    become(store, menu ? "loaded" : "unreachable", menu);
  }
}

function become(store, phase, menu) {
  if (store !== menuState().store) return;
  if (phase === state.phase && JSON.stringify(menu) === JSON.stringify(state.menu)) return;
  state = { store, phase, menu };
}
