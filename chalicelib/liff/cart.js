/**
 * The dishes chosen so far, from a menu or typed, and the order they make. A line is
 *
 *     {key, dishId, names | name, kind, price, was?, quantity, options, choices, note}
 *
 * `names` (by language) of a menu's dish, `name` {original, translated} of a typed one; `price` of
 * one with its options, null where it is not known; `was` the price that the traveller chose it at,
 * until they have seen that it is another; `options` the names of what was chosen, and `choices`
 * their ids, to open it again. Equal dishes with equal options are one line.
 */
import { orderFields } from "./before.js";
import { currentLanguage, t, wording } from "./i18n.js";
import { areThere, chosenOf, isOnOffer, lacking, priceOf } from "./dish-options.js";
import { currentMenu, dishOf, menuGroups, menuPhase } from "./menu.js";
import { newIdempotencyKey } from "./order-client.js";
import { currentStore } from "./router.js";
import { forget, recall, remember } from "./storage.js";

/** The API's limits: of one dish, of lines, and of a name's characters. */
export const MOST_OF_ONE = 99;
export const MOST_LINES = 50;
export const LONGEST_NAME = 100;
const KEPT_MS = 6 * 3600 * 1000;
/** What the staff read where no shop is named. */
const AT_A_COUNTER = "現場點餐";

const storageKey = () => `cart.${currentStore() ?? ""}`;

let cart = { kept: null, lines: [] };

/** In the order in which they were added, at the shop that the address names now: LINE's login
 * returns to another address, and restores it. */
export function chosen() {
  const kept = storageKey();
  if (cart.kept !== kept) cart = { kept, lines: [recall(kept, KEPT_MS)].flat().filter(isLine) };
  return cart.lines;
}

/** What is stored may be another version's. */
const isLine = (line) =>
  line?.key &&
  line.quantity >= 1 &&
  line.quantity <= MOST_OF_ONE &&
  (line.dishId ? line.names : line.name?.original) &&
  Array.isArray(line.options) &&
  line.choices;

function keep(lines) {
  cart = { kept: storageKey(), lines };
  remember(cart.kept, lines);
}

export const lineOf = (key) => chosen().find((line) => line.key === key) ?? null;

export const quantityOfDish = (dishId) =>
  chosen().reduce((sum, line) => sum + (line.dishId === dishId ? line.quantity : 0), 0);

export function setQuantity(key, quantity) {
  if (quantity < 1) keep(chosen().filter((line) => line.key !== key));
  else change(key, { quantity: Math.min(quantity, MOST_OF_ONE) });
}

/** A dish of the menu with what was chosen for it, as a line that `add` takes. */
export function menuLine(dish, choices = {}, quantity = 1, note = "") {
  const groups = menuGroups(dish);
  return {
    dishId: dish.id,
    names: dish.name,
    kind: dish.kind ?? null,
    price: priceOf(dish, groups, choices),
    quantity,
    options: chosenOf(groups, choices).map(({ name }) => name),
    choices,
    note,
  };
}

/** What was typed, as a line that `add` takes. */
export const typedLine = ({ name, kind, price, quantity }) => ({
  dishId: null,
  name,
  kind,
  price,
  quantity,
  options: [],
  choices: {},
  note: "",
});

/** The key of the line that it is, or has become part of; null where the order is full. */
export function add(line) {
  const same = chosen().find((one) => isSame(one, line));
  if (same) return joined(same, line);
  if (chosen().length >= MOST_LINES) return null;
  const key = newIdempotencyKey();
  keep([...chosen(), { ...line, key }]);
  return key;
}

/** Change a line in its place; where it becomes another's equal they are one. */
export function replace(key, line) {
  const same = chosen().find((one) => one.key !== key && isSame(one, line));
  if (same) {
    setQuantity(key, 0);
    return joined(same, line);
  }
  change(key, { was: undefined, ...line });
  return key;
}

function joined({ key, quantity }, line) {
  change(key, { price: line.price });
  setQuantity(key, quantity + line.quantity);
  return key;
}

const change = (key, news) =>
  keep(chosen().map((line) => (line.key === key ? { ...line, ...news, key } : line)));

const isSame = (one, other) => identityOf(one) === identityOf(other);

const identityOf = ({ dishId, name, price, choices, note }) =>
  JSON.stringify([...(dishId ? [dishId] : [name.original, price]), inOneOrder(choices), note]);

/** Whatever the order in which they were tapped. */
const inOneOrder = (choices) =>
  Object.entries(choices)
    .filter(([, ids]) => ids.length)
    .map(([group, ids]) => [group, [...ids].sort()])
    .sort();

export function emptyCart() {
  keep([]);
  forget(storageKey());
}

export const count = () => chosen().reduce((sum, { quantity }) => sum + quantity, 0);

/** What so many cost, in TWD; null where the price is not known. Prices are multiples of 0.5, whose
 * sums are exact. */
export const costOf = ({ price, quantity }) => (price ? price * quantity : null);

/** What all costs; null where any price is not known. */
export function total() {
  const costs = chosen().map(costOf);
  return costs.includes(null) ? null : costs.reduce((sum, cost) => sum + cost, 0);
}

/** `{original, translated}`, the same where a typed dish has no other. */
export const nameOf = ({ names, name }) =>
  names ? wording(names) : { translated: name.original, ...name };

/** The dish of a line as the menu has it now; null for a typed one, and where it is gone. */
const dishNow = ({ dishId }) => dishId && dishOf(dishId);

/** Why a line cannot be had as it was chosen, as the menu is now: gone; sold_out, options, or both. */
function obstacles(line) {
  if (!line.dishId || (!currentMenu() && menuPhase() !== "unknown")) return [];
  const dish = dishNow(line);
  if (!dish) return ["gone"];
  const groups = menuGroups(dish);
  const isOffered = isOnOffer(groups, line.choices) && !lacking(groups, line.choices);
  return [dish.sold_out && "sold_out", !isOffered && "options"].filter(Boolean);
}

/** All that has become of a line's dish since it was chosen: `[{kind, was?}, …]` of kinds gone,
 * sold_out, options, and price: it is another than it `was`; null where nothing has. */
export function newsOf(line) {
  const news = obstacles(line).map((kind) => ({ kind }));
  if (line.was !== undefined) news.push({ kind: "price", was: line.was });
  return news.length ? news : null;
}

/** Bring names and prices up to the menu as it is now: the present ones are sent. */
export function takePresent() {
  keep(
    chosen().map((line) => {
      const dish = dishNow(line);
      // What is not there any more has no price: the line stays as it was chosen.
      if (!dish || !areThere(menuGroups(dish), line.choices)) return line;
      const now = menuLine(dish, line.choices, line.quantity, line.note);
      const was = line.was === undefined ? line.price : line.was;
      return { ...now, key: line.key, was: was === now.price ? undefined : was };
    }),
  );
}

/** The traveller has seen the new price. */
export const acknowledge = (key) => change(key, { was: undefined });

/** `{original, translated}` of the shop, or of a counter. */
export const storeName = () =>
  currentMenu()
    ? wording(currentMenu().name)
    : { original: AT_A_COUNTER, translated: t("counter.store") };

/** The body of `POST api/orders/quick`. */
export function composeOrder() {
  const menu = currentMenu();
  return {
    ...(menu && { store_id: menu.store_id }),
    store_name: storeName(),
    items: chosen().map((line) => ({
      ...(line.dishId && { menu_item_id: line.dishId }),
      name: line.name ?? wording(line.names),
      price: line.price || null,
      quantity: line.quantity,
      subtotal: costOf(line),
      ...(line.options.length && { options: line.options.map(wording) }),
      ...(line.note && { note: line.note }),
    })),
    total_amount: total(),
    ...orderFields(),
    language: currentLanguage(),
  };
}
