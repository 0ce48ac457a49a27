/** The words above the dishes of an order of which it is not known whether it was sent. */
import { composeOrder } from "./cart.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { isSetAside } from "./submission.js";

/** `{element, draw()}`; to be drawn again when the order changes: another order is not held back. */
export function heldBack() {
  const element = h("p", { class: "card held-back" }, t("review.held_back"));
  const draw = () => (element.hidden = !isSetAside(composeOrder()));
  draw();
  return { element, draw };
}
