/** What one costs, in TWD, if the traveller knows it. */
import { h, setText } from "./dom.js";
import { t } from "./i18n.js";

const PAUSE_MS = 400;
const MOST_TWD = 1_000_000;

/** A typed price in TWD: null for none, undefined for what is no price (a multiple of 0.5). */
export function typedPrice(text) {
  const bare = text.normalize("NFKC").replace(/NT\$?|[$¥元圓塊,\s]/giu, "");
  if (!bare) return null;
  if (!/^\d{1,7}(\.\d+)?$/.test(bare)) return undefined;
  const amount = Number(bare);
  return amount > 0 && amount <= MOST_TWD && (amount * 2) % 1 === 0 ? amount : undefined;
}

/** `{element, value, isValid(), fill(price), focus()}`; `isValid` tells the traveller where it is not. */
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
    // Not at once: what a tap elsewhere is meant for must not move under it.
    onchange: () => setTimeout(() => tell(isPrice()), PAUSE_MS),
  });
  const element = h(
    "div",
    { class: "labelled" },
    h("label", { for: id }, t("counter.price")),
    wrong,
    h("span", { class: "money" }, h("span", { class: "muted", "aria-hidden": "true" }, "NT$"), input),
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
    fill(amount) {
      input.value = amount ?? "";
      tell(true);
    },
    focus: () => input.focus(),
  };
}
