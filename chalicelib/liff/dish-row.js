/** One dish in a list: its names, what is said of it, an amount, and − quantity +. */
import { chinese, h } from "./dom.js";

/** `name` is `{original, translated}`; `about` are elements below it. */
export const dishRow = ({ name, about, control, isOff = false }) =>
  h(
    "li",
    { class: isOff ? "dish is-off" : "dish" },
    h(
      "div",
      { class: "dish-text" },
      h("h3", {}, name.translated),
      name.translated !== name.original && chinese("p", { class: "original" }, name.original),
      about.flat(),
    ),
    control,
  );
