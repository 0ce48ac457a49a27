/** One line of the order: the dish, what was chosen for it, what it costs, what has changed. */
import { lineAgainst, warnings } from "./allergens.js";
import {
  acknowledge,
  costOf,
  lineOf,
  menuLine,
  nameOf,
  newsOf,
  replace,
  setQuantity,
} from "./cart.js";
import { dishRow } from "./dish-row.js";
import { chinese, h, setText } from "./dom.js";
import { money, named, t, wording } from "./i18n.js";
import { dishOf, menuGroups } from "./menu.js";
import { askForOptions } from "./option-sheet.js";
import { stepper } from "./stepper.js";
import { typedDishButtons } from "./typed-line.js";

/** `onChange(isAnother)`: the amount has changed; or the line itself, so that it is to be drawn anew. */
export function lineRow(line, onChange) {
  const name = nameOf(line);
  const { key } = line;
  const cost = h("p", { class: "price" });
  const drawCost = () => {
    const now = lineOf(key);
    setText(cost, now ? money(costOf(now)) : "");
  };
  const change = (step) => () => {
    setQuantity(key, (lineOf(key)?.quantity ?? 0) + step);
    drawCost();
    onChange(lineOf(key) === null);
  };
  const { element } = stepper({
    name: name.translated,
    read: () => lineOf(key)?.quantity ?? 0,
    less: change(-1),
    more: change(1),
  });
  drawCost();
  const row = dishRow({
    name,
    about: [wishes(line), cost, warnings(lineAgainst(line))].flat(),
    control: element,
  });
  const below = [
    news(line, onChange),
    line.dishId ? editButton(line, onChange) : typedDishButtons(line, onChange),
  ];
  row.append(...below.filter(Boolean));
  return row;
}

/** Options and note, in both languages. */
function wishes({ options, note }) {
  const own = options.map(named).join(" · ");
  const shops = options.map((names) => wording(names).original).join(" · ");
  return [
    own && h("p", { class: "wishes" }, own),
    shops !== own && chinese("p", { class: "original" }, shops),
    note && h("p", { class: "wishes" }, `“${note}”`),
  ];
}

/** All that has become of it on the menu since; the present price is what is sent. */
function news(line, onChange) {
  const told = newsOf(line);
  if (!told) return null;
  const { key, price } = line;
  const answer = (text, work) => chip(text, line, () => {
    work();
    onChange(true);
  });
  const one = ({ kind, was }) =>
    h("p", {}, t(`shop.news_${kind}`, { before: money(was || null), now: money(price || null) }));
  return h(
    "div",
    { class: "news" },
    told.map(one),
    h(
      "div",
      { class: "line-buttons" },
      told.some(({ kind }) => kind === "price") &&
        answer(t("shop.take"), () => acknowledge(key)),
      answer(t("shop.remove"), () => setQuantity(key, 0)),
    ),
  );
}

/** Its name says which dish it is for, which is seen beside it. */
const chip = (text, line, onclick) =>
  h(
    "button",
    { type: "button", class: "chip", "aria-label": `${text}: ${nameOf(line).translated}`, onclick },
    text,
  );

function editButton(line, onChange) {
  const dish = dishOf(line.dishId);
  const groups = dish ? menuGroups(dish) : [];
  if (!dish || dish.sold_out || (groups.length === 0 && !line.note)) return null;
  const edit = chip(t("options.edit"), line, () => {
    askForOptions({
      name: nameOf(line),
      dish,
      groups,
      line: lineOf(line.key),
      onDone: ({ choices, quantity, note }) => {
        replace(line.key, menuLine(dish, choices, quantity, note));
        onChange(true);
      },
    });
  });
  return h("div", { class: "line-buttons" }, edit);
}
