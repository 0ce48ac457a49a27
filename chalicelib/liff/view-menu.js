/** The shop's menu; or that it is on its way, not to be had, or not there. */
import { against, allergensOf, isSilent, optionsAgainst, warnings } from "./allergens.js";
import {
  MOST_LINES,
  add,
  chosen,
  count,
  menuLine,
  quantityOfDish,
  setQuantity,
  total,
} from "./cart.js";
import { dishRow } from "./dish-row.js";
import { h, icon, setText } from "./dom.js";
import { heldBack } from "./held-back.js";
import { money, named, t, totalMoney, wording } from "./i18n.js";
import { lastOrder } from "./last-order.js";
import { action, layout, notice } from "./layout.js";
import { currentMenu, menuGroups, menuPhase } from "./menu.js";
import { needsButton } from "./needs-button.js";
import { openingHours } from "./opening-hours.js";
import { askForOptions } from "./option-sheet.js";
import { stepper } from "./stepper.js";

/** What `spicy` of a dish goes up to. */
const HOTTEST = 3;

export function menuView(app) {
  const menu = currentMenu();
  if (!menu) return withoutMenu(app);
  const sum = h("strong", { class: "sum" });
  const amount = h("span", { class: "muted" });
  const held = heldBack();
  const review = action(t("menu.review"), "primary", () => app.go({ name: "review" }));

  function drawSum() {
    const dishes = count();
    setText(sum, totalMoney(total()));
    setText(amount, dishes ? t("menu.dishes", { count: dishes }) : t("menu.nothing_yet"));
    review.disabled = dishes === 0;
    held.draw();
  }

  const tellFull = () => setText(amount, t("counter.full", { most: MOST_LINES }));

  const section = ({ id, name, dishes }) =>
    h(
      "section",
      { class: "menu-section", "aria-labelledby": `menu-${id}` },
      h("h2", { id: `menu-${id}`, tabindex: -1 }, named(name)),
      h("ul", { class: "card dishes" }, dishes.map((dish) => menuDish(dish, drawSum, tellFull))),
    );
  const jump = ({ id, name }) =>
    h(
      "button",
      { type: "button", class: "chip", onclick: () => jumpTo(document.getElementById(`menu-${id}`)) },
      named(name),
    );

  // Before the dishes, and for who has gone through all of them.
  const notOnMenu = () =>
    action(t("shop.not_on_menu"), "quiet", () => app.go({ name: "counter" }), icon("plus"));

  drawSum();
  return layout({
    app,
    title: named(menu.name),
    body: [
      h("p", { class: "intro" }, t("menu.intro")),
      menu.hours?.length && openingHours(menu.hours),
      against({}).isUntold && isSilent(menu) && h("p", { class: "intro" }, t("shop.untold_menu")),
      held.element,
      lastOrder(app),
      needsButton(app.redraw),
      notOnMenu(),
      menu.sections.length > 1 &&
        h("nav", { class: "jumps", "aria-label": t("menu.sections") }, menu.sections.map(jump)),
      menu.sections.map(section),
      notOnMenu(),
    ]
      .flat()
      .filter(Boolean),
    actions: [h("div", { class: "bar-text", role: "status" }, sum, amount), review],
  });
}

/** A dish of the menu. What has to be chosen for it is asked in its sheet. */
function menuDish(dish, onChange, onFull) {
  const groups = menuGroups(dish);
  const name = wording(dish.name);
  const lastLine = () => chosen().findLast(({ dishId }) => dishId === dish.id);
  const { element, draw } = stepper({
    name: name.translated,
    isOff: dish.sold_out,
    read: () => quantityOfDish(dish.id),
    less() {
      const { key, quantity } = lastLine();
      setQuantity(key, quantity - 1);
      onChange();
    },
    more() {
      if (groups.length) ask();
      else put({});
    },
  });

  function put(wanted) {
    const isAdded = add(menuLine(dish, wanted.choices, wanted.quantity, wanted.note));
    draw();
    if (isAdded) onChange();
    else onFull();
  }

  function ask() {
    askForOptions({ name, dish, groups, onDone: put });
  }

  const price = h("p", { class: "price" }, priceText(dish));
  const row = dishRow({ name, isOff: dish.sold_out, about: [price], control: element });
  row.append(...aboutDish(dish, groups));
  return row;
}

/** Whether it can be had, how hot it is, who eats it, what is in it. */
function aboutDish(dish, groups) {
  const { spicy, diet } = dish;
  const found = against(dish);
  const told = [
    dish.sold_out && [t("shop.sold_out")],
    spicy > 0 && [
      `${t("shop.spicy")} `,
      h("span", { "aria-hidden": "true" }, "●".repeat(spicy) + "○".repeat(HOTTEST - spicy)),
      h("span", { class: "unseen" }, `${spicy}/${HOTTEST}`),
    ],
    diet && [t(`shop.diet_${diet}`)],
  ].filter(Boolean);
  return [
    told.length > 0 &&
      h("p", { class: "marks" }, told.flatMap((parts, at) => (at ? [" · ", ...parts] : parts))),
    allergensOf(dish),
    ...warnings({ ...found, isUntold: found.isUntold && !isSilent(currentMenu()) }),
    optionsAgainst(groups),
  ].filter(Boolean);
}

/** NT$55, or from the smallest size on. */
function priceText(dish) {
  const prices = dish.sizes?.map(({ price }) => price);
  if (!prices?.length) return money(dish.price || null);
  const least = Math.min(...prices);
  return prices.every((price) => price === least)
    ? money(least)
    : t("shop.from", { amount: money(least) });
}

function withoutMenu(app) {
  const phase = menuPhase();
  const toCounter = action(t("shop.any_counter"), "secondary", () => app.go({ name: "counter" }));
  const said = {
    loading: [h("p", { class: "boot", role: "status" }, t("shop.loading"))],
    unknown: [notice("alert", t("shop.unknown"), t("shop.unknown_detail"))],
    unreachable: [notice("alert", t("shop.unreachable"), t("shop.unreachable_detail"))],
  };
  const actions = {
    loading: [],
    unknown: [toCounter],
    unreachable: [action(t("order.try_again"), "primary", app.askForMenu), toCounter],
  };
  return layout({ app, title: t("shop.menu"), body: said[phase], actions: actions[phase] });
}

function jumpTo(heading) {
  heading.scrollIntoView();
  heading.focus({ preventScroll: true });
}
