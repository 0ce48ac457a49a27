/** The order before it is sent: what, how much, to whom. */
import { chosen, composeOrder, costOf, count, quantityOf, total } from "./cart.js";
import { dishRow } from "./dish-row.js";
import { chinese, h, icon, setText } from "./dom.js";
import { currentLanguage, money, t, totalMoney } from "./i18n.js";
import { action, layout } from "./layout.js";
import { SHOP } from "./menu.js";

export function reviewView(app) {
  const language = currentLanguage();
  const sum = h("strong", { class: "sum" });
  const amount = h("span", { class: "muted" });
  const confirm = action(t("review.confirm"), "primary", () => app.confirm(composeOrder()));

  function drawSum() {
    setText(sum, totalMoney(total()));
    setText(amount, t("menu.dishes", { count: count() }));
    confirm.disabled = count() === 0;
  }

  const row = ({ dish }) => {
    const subtotal = h("p", { class: "price" });
    const drawSubtotal = () => {
      setText(subtotal, money(costOf(dish, quantityOf(dish.id))));
    };
    drawSubtotal();
    return dishRow(dish, subtotal, () => {
      drawSubtotal();
      drawSum();
    });
  };

  drawSum();
  const toMenu = () => app.go({ name: "menu" });
  return layout({
    app,
    title: t("review.title"),
    back: toMenu,
    body: [
      h(
        "h2",
        { class: "intro" },
        SHOP.names[language],
        language !== "zh-TW" && chinese("span", { class: "original" }, ` ${SHOP.names["zh-TW"]}`),
      ),
      h("ul", { class: "card dishes" }, chosen().map(row)),
      action(t("review.add_more"), "quiet", toMenu, icon("plus")),
      h(
        "p",
        { class: "card promise" },
        icon("bubble"),
        h("span", {}, t(app.identity.user ? "review.user_promise" : "review.guest_promise")),
      ),
    ],
    actions: [h("div", { class: "bar-text", role: "status" }, sum, amount), confirm],
  });
}
