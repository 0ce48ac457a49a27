/** A typed dish, changed: its name, its price; or taken away. */
import { LONGEST_NAME, nameOf, replace, setQuantity } from "./cart.js";
import { openDialog } from "./dialog.js";
import { h, setText } from "./dom.js";
import { identify, whatItIs } from "./finding.js";
import { t } from "./i18n.js";
import { action } from "./layout.js";
import { priceField } from "./price-field.js";

/** `onChanged` is called when the line has changed or is gone. */
export function editDish(line, onChanged) {
  const explanation = h("p", { class: "explanation", role: "status" });
  const name = h("input", {
    id: "edit-name",
    class: "field",
    type: "text",
    maxlength: LONGEST_NAME,
    autocomplete: "off",
    value: line.name.original,
    oninput: explain,
  });
  const price = priceField("edit-price", line.price);
  async function explain() {
    const typed = name.value.trim();
    if (!typed) return setText(explanation, t("counter.nameless"));
    const words = whatItIs(await identify(typed), typed);
    if (typed === name.value.trim()) setText(explanation, words);
  }

  async function save(event) {
    event.preventDefault();
    const typed = name.value.trim();
    if (!typed) return name.focus();
    if (!price.isValid()) return price.focus();
    const changes = { price: price.value };
    if (typed !== line.name.original) Object.assign(changes, await renamed(typed, line));
    replace(line.key, { ...line, ...changes });
    dialog.close();
    onChanged();
  }

  const dialog = openDialog(
    t("counter.change", { dish: nameOf(line).translated }),
    h(
      "form",
      { onsubmit: save, novalidate: true },
      h("div", { class: "labelled" }, h("label", { for: name.id }, t("counter.name")), name),
      explanation,
      price.element,
      h("button", { type: "submit", class: "action primary" }, t("counter.save")),
      action(t("counter.remove"), "quiet", () => {
        setQuantity(line.key, 0);
        dialog.close();
        onChanged();
      }),
    ),
  );
  explain();
}

/** What was chosen for another kind of dish does not go with this one. */
async function renamed(typed, line) {
  const { name, kind } = await identify(typed);
  return kind === line.kind ? { name } : { name, kind, options: [], choices: {} };
}
