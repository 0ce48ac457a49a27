/**
 * What comes after the first view and before Confirm, as one script (deploy/page.py): the view of
 * the whole order, and what a tap in the first views opens.
 */
import "./views.js";
import { reviewView } from "./view-review.js";

export { askNeeds } from "./before-they-ask.js";
export { editDish } from "./dish-editor.js";
export { friendPrompt } from "./friendship.js";
export { pasteList } from "./paste-list.js";

/** By the name of their route. */
export const views = { review: reviewView };
