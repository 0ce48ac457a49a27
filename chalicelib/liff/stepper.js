/** − quantity +, for one dish. The space for − is kept, so that nothing moves under the thumb. */
import { MOST_OF_ONE, quantityOf, setQuantity } from "./cart.js";
import { h, icon, setText } from "./dom.js";
import { number, t } from "./i18n.js";

export function stepper(dish, name, onChange) {
  const values = { dish: name };
  const button = (shape, label, step) =>
    h(
      "button",
      {
        type: "button",
        class: "step",
        "aria-label": t(label, values),
        onclick: () => {
          setQuantity(dish.id, quantityOf(dish.id) + step);
          draw();
          onChange();
        },
      },
      icon(shape),
    );
  const less = button("minus", "menu.remove", -1);
  const more = button("plus", "menu.add", 1);
  const amount = h("output", { class: "amount" });
  const element = h("div", { class: "stepper", role: "group", "aria-label": name }, less, amount, more);

  function draw() {
    const quantity = quantityOf(dish.id);
    // Else the focus would be lost to the top of the page.
    if (quantity === 0 && document.activeElement === less) more.focus();
    less.disabled = quantity === 0;
    element.classList.toggle("is-empty", quantity === 0);
    more.disabled = quantity >= MOST_OF_ONE;
    setText(amount, quantity ? number(quantity) : "");
  }

  draw();
  return element;
}
