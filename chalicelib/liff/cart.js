/** The dishes chosen so far, and the order they make. */
import { orderFields } from "./before.js";
import { currentLanguage } from "./i18n.js";
import { DISHES, SHOP } from "./menu.js";
import { forget, recall, remember } from "./storage.js";

/** The API's limit for one dish. */
export const MOST_OF_ONE = 99;
const KEPT_MS = 6 * 3600 * 1000;

const quantities = new Map(
  Object.entries(recall("cart", KEPT_MS) ?? {}).filter(
    ([id, quantity]) => DISHES.has(id) && quantity >= 1 && quantity <= MOST_OF_ONE,
  ),
);

export const quantityOf = (id) => quantities.get(id) ?? 0;

export function setQuantity(id, quantity) {
  if (quantity < 1) quantities.delete(id);
  else quantities.set(id, Math.min(quantity, MOST_OF_ONE));
  remember("cart", Object.fromEntries(quantities));
}

export function emptyCart() {
  quantities.clear();
  forget("cart");
}

/** `[{dish, quantity}]` in the menu's order. */
export const chosen = () =>
  [...DISHES.values()]
    .filter((dish) => quantities.has(dish.id))
    .map((dish) => ({ dish, quantity: quantities.get(dish.id) }));

export const count = () => chosen().reduce((sum, { quantity }) => sum + quantity, 0);

/** What so many of a dish cost, in TWD; null where its price is not known. Prices are multiples of
 * 0.5, whose sums are exact. */
export const costOf = (dish, quantity) => (dish.price ? dish.price * quantity : null);

/** What all costs; null where any price is not known. */
export function total() {
  const costs = chosen().map(({ dish, quantity }) => costOf(dish, quantity));
  return costs.includes(null) ? null : costs.reduce((sum, cost) => sum + cost, 0);
}

/** The body of `POST api/orders/quick`. */
export function composeOrder() {
  const language = currentLanguage();
  return {
    store_id: SHOP.id,
    store_name: { original: SHOP.names["zh-TW"], translated: SHOP.names[language] },
    items: chosen().map(({ dish, quantity }) => ({
      menu_item_id: dish.id,
      name: { original: dish.names["zh-TW"], translated: dish.names[language] },
      price: dish.price || null,
      quantity,
      subtotal: costOf(dish, quantity),
    })),
    total_amount: total(),
    ...orderFields(),
    language,
  };
}
