/**
 * What has to be chosen for a dish: a sheet over the page, its button at the thumb. It takes a dish
 * in a menu's format and its groups (`dish-options.js`), of a shop's menu or of a typed dish's kind.
 */
import { against, allergensOf, partsOf, warnings } from "./allergens.js";
import { MOST_OF_ONE, costOf } from "./cart.js";
import { openDialog } from "./dialog.js";
import { chosenAlso, chosenOf, isSizes, lacking, onOffer, priceOf } from "./dish-options.js";
import { chinese, h, setText } from "./dom.js";
import { money, named, t } from "./i18n.js";
import { action } from "./layout.js";
import { currentStore } from "./router.js";
import { stepper } from "./stepper.js";
import { recall, remember } from "./storage.js";

const LONGEST_NOTE = 200;
const NOTES_KEPT_MS = 6 * 3600 * 1000;

/** Notes that were typed and not taken yet, by line or dish: the sheet may be left by a phone's back button. */
const notesKey = () => `notes.${currentStore() ?? ""}`;
const typedNotes = () => recall(notesKey(), NOTES_KEPT_MS) ?? {};
const keepNote = (of, note) => remember(notesKey(), { ...typedNotes(), [of]: note });

/**
 * `onDone({choices, quantity, note})` is called where the traveller adds it. A line that is opened
 * again brings its `choices`, `quantity` and `note`.
 */
export function askForOptions({ name, dish, groups, line, onDone }) {
  // Tapped twice while its groups were on their way.
  if (document.querySelector("dialog[open]")) return;
  let choices = onOffer(groups, line?.choices ?? {});
  let quantity = line?.quantity ?? 1;
  const of = line?.key ?? dish.id;
  const done = action("", "primary", finish);
  const hint = h("p", { class: "muted", role: "status" });
  const note = h("input", {
    type: "text",
    class: "field",
    maxlength: LONGEST_NOTE,
    value: typedNotes()[of] ?? line?.note ?? "",
    oninput: () => keepNote(of, note.value),
    autocomplete: "off",
    "aria-describedby": "option-note-hint",
  });
  const fieldsets = groups.map(groupOf);
  const told = h("div", { class: "told", "aria-live": "polite" });
  /** What is told already: a live region speaks whenever it is written. */
  let tells = "";
  const amount = stepper({
    name: name.translated,
    read: () => quantity,
    least: 1,
    less: () => count(quantity - 1),
    more: () => count(quantity + 1),
  });
  function groupOf(group) {
    const inputs = group.options.map((option) => ({ option, input: inputOf(group, option) }));
    // Of radio buttons none can be left again.
    const none = isOneOf(group) && group.least === 0 && inputOf(group, null);
    const element = h(
      "fieldset",
      { class: "group" },
      h("legend", {}, group.name ? named(group.name) : t("options.size"), " ", h("small", {}, ruleOf(group))),
      h(
        "div",
        { class: "group-options" },
        inputs.map(({ option, input }) =>
          h(
            "label",
            { class: option.sold_out ? "option is-off" : "option" },
            input,
            h("span", {}, named(option.name), warnings({ ...against(option), isUntold: false })),
            h("small", {}, option.sold_out ? t("shop.sold_out") : extraOf(group, option)),
          ),
        ),
        none && h("label", { class: "option" }, none, h("span", {}, t("options.none"))),
      ),
    );
    const draw = () => {
      const howMany = chosenOf([group], choices).length;
      const isFull = howMany >= group.most;
      if (none) none.checked = howMany === 0;
      for (const { option, input } of inputs) {
        input.checked = choices[group.id]?.includes(option.id) ?? false;
        input.disabled = option.sold_out || (group.most > 1 && isFull && !input.checked);
      }
    };
    return { element, draw };
  }

  /** `option` is null for none of them. */
  function inputOf(group, option) {
    return h("input", {
      type: isOneOf(group) ? "radio" : "checkbox",
      name: `group-${group.id}`,
      onchange: () => {
        choices = chosenAlso(group, choices, option?.id ?? null);
        draw();
      },
    });
  }

  function extraOf(group, { price }) {
    if (isSizes(group)) return money(price || null);
    return price ? t("options.extra", { amount: money(price) }) : "";
  }

  function count(wanted) {
    quantity = Math.min(MOST_OF_ONE, Math.max(1, wanted));
    draw();
  }

  function draw() {
    for (const fieldset of fieldsets) fieldset.draw();
    drawWarnings();
    const missing = lacking(groups, choices);
    done.disabled = missing !== null;
    const price = priceOf(dish, groups, choices);
    setText(done, line ? t("options.change") : t("options.add"));
    setText(
      hint,
      missing
        ? t("options.choose", { group: missing.name ? named(missing.name) : t("options.size") })
        : money(costOf({ price, quantity })),
    );
  }

  function drawWarnings() {
    const found = against(...partsOf(dish, groups, choices));
    if (JSON.stringify(found) === tells) return;
    tells = JSON.stringify(found);
    told.replaceChildren(...warnings(found));
  }

  function finish() {
    if (lacking(groups, choices)) return;
    keepNote(of);
    dialog.close();
    onDone({ choices, quantity, note: note.value.trim() });
  }

  const dialog = openDialog(
    name.translated,
    allergensOf(dish),
    told,
    fieldsets.map(({ element }) => element),
    h("label", { class: "field-label" }, t("options.note"), note),
    h("p", { class: "muted", id: "option-note-hint" }, t("counter.note_hint")),
  );
  if (name.original !== name.translated) {
    dialog.heading.after(chinese("p", { class: "original" }, name.original));
  }
  dialog.body.after(h("div", { class: "bar" }, amount.element, hint, done));
  draw();
  dialog.heading.focus();
}

/** Whether one option takes another's place. One alone is taken or left. */
const isOneOf = ({ least, most, options }) => most === 1 && (least === 1 || options.length > 1);

/** How many have to be chosen, and may be; nothing where it is one or none. */
function ruleOf({ least, most }) {
  const needed = least > 1 ? t("options.at_least", { least }) : least === 1 && t("options.needed");
  return [needed, most > 1 && t("options.up_to", { most })].filter(Boolean).join(" · ");
}
