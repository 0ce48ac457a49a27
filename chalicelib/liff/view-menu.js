/** The shop's menu. */
import { count, total } from "./cart.js";
import { dishRow } from "./dish-row.js";
import { h, icon, setText } from "./dom.js";
import { heldBack } from "./held-back.js";
import { currentLanguage, money, t, totalMoney } from "./i18n.js";
import { action, layout } from "./layout.js";
import { MENU, SHOP } from "./menu.js";

export function menuView(app) {
  const language = currentLanguage();
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

  const row = (dish) => dishRow(dish, h("p", { class: "price" }, money(dish.price || null)), drawSum);
  const section = ({ id, names, dishes }) =>
    h(
      "section",
      { class: "menu-section", "aria-labelledby": `menu-${id}` },
      h("h2", { id: `menu-${id}`, tabindex: -1 }, names[language]),
      h("ul", { class: "card dishes" }, dishes.map(row)),
    );
  const jump = ({ id, names }) =>
    h(
      "button",
      { type: "button", class: "chip", onclick: () => jumpTo(document.getElementById(`menu-${id}`)) },
      names[language],
    );

  drawSum();
  return layout({
    app,
    title: SHOP.names[language],
    body: [
      h("p", { class: "intro" }, t("menu.intro")),
      held.element,
      lastOrder(app),
      h("nav", { class: "jumps", "aria-label": t("menu.sections") }, MENU.map(jump)),
      MENU.map(section),
    ].flat(),
    actions: [
      h("div", { class: "bar-text", role: "status" }, sum, amount),
      review,
    ],
  });
}

function jumpTo(heading) {
  heading.scrollIntoView();
  heading.focus({ preventScroll: true });
}

/** The way back to an order that is under way, for who closed the page and opened it again. */
function lastOrder({ lastOrderId, go }) {
  if (!lastOrderId) return null;
  return h(
    "button",
    {
      type: "button",
      class: "card last-order",
      onclick: () => go({ name: "order", orderId: lastOrderId }),
    },
    icon("play"),
    t("menu.last_order"),
  );
}
