/** − number +, of anything; the number may be none (null) where `least` is 0. */
import { h, icon, setText } from "./dom.js";
import { number } from "./i18n.js";

/** `{element, get value, set(value)}`; `onChange(value)` hears of taps only. */
export function numberStepper({ label, less, more, least, most, value, onChange = () => {} }) {
  let current = value;
  const button = (shape, name, step) =>
    h(
      "button",
      {
        type: "button",
        class: "step",
        "aria-label": name,
        onclick: () => {
          set((current ?? 0) + step);
          onChange(current);
        },
      },
      icon(shape),
    );
  const minus = button("minus", less, -1);
  const plus = button("plus", more, 1);
  const shown = h("output", { class: "amount" });
  const element = h("div", { class: "stepper", role: "group", "aria-label": label }, minus, shown, plus);

  function set(wanted) {
    current = wanted ? Math.min(Math.max(wanted, least), most) : null;
    const isLeast = (current ?? 0) <= least;
    if (isLeast && document.activeElement === minus) plus.focus();
    minus.disabled = isLeast;
    plus.disabled = current === most;
    setText(shown, current ? number(current) : "–");
  }

  set(value);
  return {
    element,
    get value() {
      return current;
    },
    set,
  };
}
