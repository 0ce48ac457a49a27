/** A pasted list of dishes (pasted-list.js), which the traveller confirms dish by dish. */
import { MOST_LINES, add, chosen, typedLine } from "./cart.js";
import { openDialog } from "./dialog.js";
import { h, setText } from "./dom.js";
import { identify, readList, whatItIs } from "./finding.js";
import { t } from "./i18n.js";
import { action } from "./layout.js";
import { priceField } from "./price-field.js";
import { stepper } from "./stepper.js";
import { forget, recall, remember } from "./storage.js";

const LONGEST_TEXT = 20_000;
/** What was pasted and not added outlives the sheet that it was pasted in. */
const DRAFT = "paste";
const DRAFT_KEPT_MS = 6 * 3600 * 1000;

/** `onAdded` is called when dishes have been added. The dishes of a `text` are proposed at once. */
export function pasteList(onAdded, text) {
  const none = h("p", { class: "wrong", role: "status" });
  const area = h("textarea", {
    id: "paste",
    class: "field",
    rows: 7,
    maxlength: LONGEST_TEXT,
    placeholder: t("counter.paste_example"),
    oninput() {
      setText(none, "");
      remember(DRAFT, area.value);
    },
  });
  area.value = text ?? recall(DRAFT, DRAFT_KEPT_MS) ?? "";
  const dialog = openDialog(
    t("counter.paste"),
    h("label", { for: area.id }, t("counter.paste_label")),
    area,
    none,
    action(t("counter.paste_find"), "primary", find),
  );
  area.focus();
  if (text) find();

  async function find() {
    const room = MOST_LINES - chosen().length;
    const { dishes, left } = await readList(area.value, room);
    if (!dishes.length && !left) {
      setText(none, t("counter.paste_none"));
      return area.focus();
    }
    propose(dishes, left, room);
  }

  function propose(dishes, left, room) {
    const full = h("p", { class: "wrong", role: "status" });
    const proposals = dishes.map(proposal);
    const done = action("", "primary", addAll);
    const wanted = () => proposals.filter(({ isChosen }) => isChosen());

    function draw() {
      const count = wanted().length;
      done.disabled = count === 0 || count > room;
      setText(full, count > room ? t("counter.full", { most: MOST_LINES }) : "");
      setText(done, t("counter.paste_add", { count }));
    }

    async function addAll() {
      const wrong = wanted().find(({ price }) => !price.isValid());
      if (wrong) return wrong.price.focus();
      const dishes = await Promise.all(wanted().map(({ dish }) => dish()));
      dishes.forEach((dish) => add(typedLine(dish)));
      if (!text) forget(DRAFT);
      dialog.close();
      onAdded();
    }

    dialog.element.addEventListener("change", draw);
    setText(dialog.heading, t("counter.paste_check"));
    const tick = (key, isTicked) =>
      h(
        "button",
        {
          type: "button",
          class: "chip",
          onclick() {
            for (const proposal of proposals) proposal.choose(isTicked);
            draw();
          },
        },
        t(key),
      );
    dialog.body.replaceChildren(
      h("div", { class: "line-buttons" }, tick("counter.tick_all", true), tick("counter.tick_none", false)),
      h("ul", { class: "proposals" }, proposals.map(({ element }) => element)),
      left > 0 ? h("p", { class: "wrong" }, t("counter.paste_left", { count: left, most: MOST_LINES })) : "",
      full,
      done,
    );
    draw();
    dialog.heading.focus();
  }
}

/** `{element, isChosen(), price, dish()}`; `dish()` resolves to what the cart takes. */
function proposal({ name, quantity, price, isWanted }, at) {
  const identified = identify(name);
  const box = h("input", { type: "checkbox", id: `proposal-${at}`, checked: isWanted });
  const explanation = h("span", { class: "muted" });
  identified.then((dish) => setText(explanation, whatItIs(dish, name)));
  let count = quantity;
  const amount = stepper({
    name,
    least: 1,
    read: () => count,
    less: () => (count -= 1),
    more: () => (count += 1),
  });
  const field = priceField(`proposal-price-${at}`, price);
  const element = h(
    "li",
    { class: "proposal" },
    h(
      "label",
      { class: "proposal-name" },
      box,
      h("span", {}, h("b", {}, name), explanation),
    ),
    h("div", { class: "before-row" }, amount.element, field.element),
  );
  return {
    element,
    isChosen: () => box.checked,
    choose: (isWanted) => (box.checked = isWanted),
    price: field,
    async dish() {
      const { name, kind } = await identified;
      return { name, kind, price: field.value, quantity: count };
    },
  };
}
