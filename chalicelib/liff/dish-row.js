/** One dish in a list: its names, an amount, and − quantity +. */
import { chinese, h } from "./dom.js";
import { currentLanguage } from "./i18n.js";
import { stepper } from "./stepper.js";

/** `price` is an element; `onChange` is called when the quantity has changed. */
export function dishRow(dish, price, onChange) {
  const language = currentLanguage();
  const name = dish.names[language];
  return h(
    "li",
    { class: "dish" },
    h(
      "div",
      { class: "dish-text" },
      h("h3", {}, name),
      language !== "zh-TW" && chinese("p", { class: "original" }, dish.names["zh-TW"]),
      price,
    ),
    stepper(dish, name, onChange),
  );
}
