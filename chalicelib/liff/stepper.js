/** − quantity +. The space for − is kept, so that nothing moves under the thumb. */
import { MOST_OF_ONE } from "./cart.js";
import { h, icon, setText } from "./dom.js";
import { number, t } from "./i18n.js";

/**
 * `read()` tells the quantity, `less()` and `more()` change it; a dish that has to be chosen for
 * opens its sheet in `more`. `{element, draw()}`.
 */
export function stepper({ name, read, less, more, isOff = false }) {
  const values = { dish: name };
  const button = (shape, label, work) =>
    h(
      "button",
      {
        type: "button",
        class: "step",
        "aria-label": t(label, values),
        onclick: () => {
          work();
          draw();
        },
      },
      icon(shape),
    );
  const minus = button("minus", "menu.remove", less);
  const plus = button("plus", "menu.add", more);
  const amount = h("output", { class: "amount" });
  const element = h("div", { class: "stepper", role: "group", "aria-label": name }, minus, amount, plus);

  function draw() {
    const quantity = read();
    // Else the focus would be lost to the top of the page.
    if (quantity === 0 && document.activeElement === minus) plus.focus();
    minus.disabled = quantity === 0;
    element.classList.toggle("is-empty", quantity === 0);
    plus.disabled = isOff || quantity >= MOST_OF_ONE;
    setText(amount, quantity ? number(quantity) : "");
  }

  draw();
  return { element, draw };
}
