/**
 * What comes after the first view, as one script (deploy/page.py): the views further down the road,
 * and what a tap in the first ones opens.
 */
import { historyView } from "./view-history.js";
import { orderView } from "./view-order.js";
import { reviewView } from "./view-review.js";

export { editDish } from "./dish-editor.js";
export * as finder from "./dish-finder.js";
export { pasteList } from "./paste-list.js";

/** By the name of their route. */
export const views = { review: reviewView, order: orderView, history: historyView };
