/** − quantity +. The space for − is kept, so that nothing moves under the thumb. */
import { MOST_OF_ONE } from "./cart.js";
import { h, icon, setText } from "./dom.js";
import { number, t } from "./i18n.js";

/**
 * `read()` tells the quantity, `less()` and `more()` change it; a dish that has to be chosen for
 * opens its sheet in `more`. `name` is what is counted, `labels` what the buttons are called where
 * that is not a dish, `least` below which it does not go. `{element, draw()}`.
 */
export function stepper({ name, read, less, more, isOff = false, least = 0, labels = dishLabels(name) }) {
  const button = (shape, label, work) =>
    h(
      "button",
      {
        type: "button",
        class: "step",
        "aria-label": label,
        onclick: () => {
          work();
          draw();
        },
      },
      icon(shape),
    );
  const minus = button("minus", labels.less, less);
  const plus = button("plus", labels.more, more);
  const amount = h("output", { class: "amount" });
  const element = h("div", { class: "stepper", role: "group", "aria-label": name }, minus, amount, plus);

  function draw() {
    const quantity = read();
    // Else the focus would be lost to the top of the page.
    if (quantity <= least && document.activeElement === minus) plus.focus();
    minus.disabled = quantity <= least;
    element.classList.toggle("is-empty", quantity === 0);
    plus.disabled = isOff || quantity >= MOST_OF_ONE;
    setText(amount, quantity ? number(quantity) : "");
  }

  draw();
  return { element, draw };
}

const dishLabels = (dish) => ({ less: t("menu.remove", { dish }), more: t("menu.add", { dish }) });
