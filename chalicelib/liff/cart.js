/**
 * The dishes chosen so far, from a menu or typed, and the order they make. A line is
 *
 *     {key, dishId, names | name, kind, price, quantity, options, choices, note}
 *
 * `names` (by language) of a menu's dish, `name` {original, translated} of a typed one; `price` of
 * one with its options, null where it is not known; `options` the names of what was chosen, and
 * `choices` their ids, to open it again. Equal dishes with equal options are one line.
 */
import { orderFields } from "./before.js";
import { currentLanguage, t } from "./i18n.js";
import { isOnOffer, priceOf } from "./dish-options.js";
import { currentMenu, dishOf, menuGroups } from "./menu.js";
import { wording } from "./names.js";
import { newIdempotencyKey } from "./order-client.js";
import { currentStore } from "./router.js";
import { forget, recall, remember } from "./storage.js";

/** The API's limits: of one dish, and of lines. */
export const MOST_OF_ONE = 99;
export const MOST_LINES = 50;
const KEPT_MS = 6 * 3600 * 1000;
/** What the staff read where no shop is named. */
const AT_A_COUNTER = "現場點餐";

const storageKey = () => `cart.${currentStore() ?? ""}`;

let lines = (recall(storageKey(), KEPT_MS) ?? []).filter(
  ({ key, quantity }) => key && quantity >= 1 && quantity <= MOST_OF_ONE,
);

function keep() {
  remember(storageKey(), lines);
}

/** In the order in which they were added. */
export const chosen = () => lines;

export const lineOf = (key) => lines.find((line) => line.key === key) ?? null;

/** The line that a dish of the menu makes without any choice. */
export const plainKey = (dish) => `menu.${dish.id}`;

export const quantityOf = (key) => lineOf(key)?.quantity ?? 0;

export const quantityOfDish = (dishId) =>
  lines.reduce((sum, line) => sum + (line.dishId === dishId ? line.quantity : 0), 0);

export function setQuantity(key, quantity) {
  if (quantity < 1) lines = lines.filter((line) => line.key !== key);
  else change(key, { quantity: Math.min(quantity, MOST_OF_ONE) });
  keep();
}

/** A dish of the menu with what was chosen for it, as a line that `add` takes. */
export function menuLine(dish, choices = {}, quantity = 1, note = "") {
  const groups = menuGroups(dish);
  const options = groups.flatMap((group) =>
    group.options.filter(({ id }) => choices[group.id]?.includes(id)).map(({ name }) => name),
  );
  return {
    dishId: dish.id,
    names: dish.name,
    kind: dish.kind ?? null,
    price: priceOf(dish, groups, choices),
    quantity,
    options,
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
  const same = lines.find((one) => isSame(one, line));
  if (same) {
    change(same.key, { price: line.price });
    setQuantity(same.key, same.quantity + line.quantity);
    return same.key;
  }
  if (lines.length >= MOST_LINES) return null;
  const isPlain = line.dishId && !line.options.length && !line.note;
  const key = isPlain ? plainKey({ id: line.dishId }) : newIdempotencyKey();
  lines = [...lines, { ...line, key }];
  keep();
  return key;
}

/** Change a line in its place; where it becomes another's equal they are one. */
export function replace(key, line) {
  const same = lines.find((one) => one.key !== key && isSame(one, line));
  if (same) {
    setQuantity(key, 0);
    setQuantity(same.key, same.quantity + line.quantity);
    return same.key;
  }
  change(key, line);
  keep();
  return key;
}

const change = (key, news) =>
  (lines = lines.map((line) => (line.key === key ? { ...line, ...news, key } : line)));

const isSame = (one, other) => identityOf(one) === identityOf(other);

const identityOf = ({ dishId, name, price, choices, note }) =>
  JSON.stringify(dishId ? [dishId, choices, note] : [name.original, price, choices, note]);

export function emptyCart() {
  lines = [];
  forget(storageKey());
}

export const count = () => lines.reduce((sum, { quantity }) => sum + quantity, 0);

/** What so many cost, in TWD; null where the price is not known. Prices are multiples of 0.5, whose
 * sums are exact. */
export const costOf = ({ price, quantity }) => (price ? price * quantity : null);

/** What all costs; null where any price is not known. */
export function total() {
  const costs = lines.map(costOf);
  return costs.includes(null) ? null : costs.reduce((sum, cost) => sum + cost, 0);
}

/** `{original, translated}`, the same where a typed dish has no other. */
export const nameOf = ({ names, name }) =>
  names ? wording(names) : { translated: name.original, ...name };

/**
 * What has become of a line's dish since it was chosen: null, or `{kind, price?}` of kind gone,
 * sold_out, options (what was chosen cannot be had) or price, the present one.
 */
export function newsOf(line) {
  if (!line.dishId || !currentMenu()) return null;
  const dish = dishOf(line.dishId);
  if (!dish) return { kind: "gone" };
  if (dish.sold_out) return { kind: "sold_out" };
  if (!isOnOffer(menuGroups(dish), line.choices)) return { kind: "options" };
  const { price } = menuLine(dish, line.choices);
  return price === line.price ? null : { kind: "price", price };
}

export function takePrice(key, price) {
  change(key, { price });
  keep();
}

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
    items: lines.map((line) => ({
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
