/** A typed dish that was added: its options by its kind, and another name or price for it. */
import { lineOf, nameOf, replace } from "./cart.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { kindGroups, withChoices } from "./kind-options.js";
import { dishNamed } from "./menu.js";
import { askForOptions } from "./option-sheet.js";

/** `onChange(true)`: the line is to be drawn anew. */
export function typedDishButtons(line, onChange) {
  const { key } = line;
  const dish = nameOf(line).translated;
  const button = (text, name, onclick) =>
    h("button", { type: "button", class: "chip", "aria-label": name, onclick }, text);
  return h(
    "div",
    { class: "line-buttons" },
    button(t("counter.options"), t("counter.options_of", { dish }), async () => {
      const groups = await kindGroups(line.kind);
      const now = lineOf(key);
      const { allergens, diet } = dishNamed(now.name.original) ?? {};
      askForOptions({
        name: nameOf(now),
        dish: { ...now, allergens, diet },
        groups,
        line: now,
        onDone: (wanted) => {
          replace(key, withChoices(now, groups, wanted));
          onChange(true);
        },
      });
    }),
    button(t("options.edit"), t("counter.change", { dish }), async () => {
      const { editDish } = await import("./later.js");
      editDish(lineOf(key), () => onChange(true));
    }),
  );
}
