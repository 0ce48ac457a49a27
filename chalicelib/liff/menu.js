/**
 * The menu of the shop in the address: asked of the API, kept for where there is no network.
 *
 *     none            no shop in the address
 *     loading         not asked yet, or on its way
 *     loaded          `menu` is the API's document
 *     unknown         there is no such shop
 *     unreachable     and none is kept
 */
import { apiUrl } from "./config.js";
import { groupsOf } from "./dish-options.js";
import { currentStore } from "./router.js";
import { recall, remember } from "./storage.js";

const KEPT_MS = 24 * 3600 * 1000;
const PATIENCE_MS = 20_000;
const MISSING = [404, 422];

let state = { phase: currentStore() ? "loading" : "none", menu: null };

export const menuPhase = () => state.phase;

/** The document, or null. */
export const currentMenu = () => state.menu;

export const dishOf = (id) =>
  state.menu?.sections.flatMap(({ dishes }) => dishes).find((dish) => dish.id === id) ?? null;

/** What can be chosen for a dish of this menu. */
export const menuGroups = (dish) => groupsOf(dish, state.menu?.option_groups ?? []);

/** Ask for the menu anew. Never rejects: what came of it is the phase. */
export async function loadMenu() {
  const id = currentStore();
  if (!id) return;
  const key = `menu.${id}`;
  try {
    const response = await fetch(new URL(`menus/${encodeURIComponent(id)}`, apiUrl), {
      cache: "no-cache",
      signal: AbortSignal.timeout?.(PATIENCE_MS),
    });
    if (MISSING.includes(response.status)) {
      state = { phase: "unknown", menu: null };
      return;
    }
    if (!response.ok) throw new Error(`no menu: ${response.status}`);
    state = { phase: "loaded", menu: await response.json() };
    remember(key, state.menu);
  } catch {
    const menu = state.menu ?? recall(key, KEPT_MS);
    state = menu ? { phase: "loaded", menu } : { phase: "unreachable", menu: null };
  }
}
