/** What one costs, in TWD, if the traveller knows it. */
import { h, setText } from "./dom.js";
import { t } from "./i18n.js";
import { typedPrice } from "./typed-price.js";

/** `{element, value, isValid(), clear(), focus()}`; `isValid` tells the traveller where it is not. */
export function priceField(id, price = null) {
  const wrong = h("span", { class: "wrong", id: `${id}-wrong`, role: "status" });
  const input = h("input", {
    id,
    class: "field",
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    maxlength: 12,
    value: price,
    "aria-describedby": wrong.id,
    oninput: () => tell(true),
    onchange: () => tell(isPrice()),
  });
  const element = h(
    "div",
    { class: "labelled" },
    h("label", { for: id }, t("counter.price")),
    h("span", { class: "money" }, h("span", { class: "muted", "aria-hidden": "true" }, "NT$"), input),
    wrong,
  );
  const isPrice = () => typedPrice(input.value) !== undefined;

  function tell(isRight) {
    input.setAttribute("aria-invalid", String(!isRight));
    setText(wrong, isRight ? "" : t("counter.price_wrong"));
    return isRight;
  }

  return {
    element,
    get value() {
      return typedPrice(input.value);
    },
    isValid: () => tell(isPrice()),
    clear() {
      input.value = "";
      tell(true);
    },
    focus: () => input.focus(),
  };
}
