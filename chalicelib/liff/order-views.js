/** What comes after Confirm, as one script (deploy/page.py): an order, and those before it. */
// There already. Named by every entry, what the first view needs stays one script.
import "./views.js";
import { historyView } from "./view-history.js";
import { orderView } from "./view-order.js";

/** By the name of their route. */
export const views = { order: orderView, history: historyView };
