/** The order before it is sent: what, how much, to whom. */
import { beforeTheyAsk } from "./before-they-ask.js";
import { chosen, composeOrder, costOf, count, quantityOf, total } from "./cart.js";
import { dishRow } from "./dish-row.js";
import { chinese, h, icon, setText } from "./dom.js";
import { heldBack } from "./held-back.js";
import { currentLanguage, money, t, totalMoney } from "./i18n.js";
import { isSettled } from "./identity.js";
import { asGuestAction, identityNotice, signInAction } from "./identity-notice.js";
import { action, layout } from "./layout.js";
import { SHOP } from "./menu.js";
import { setAloud, wantsAloud } from "./voice.js";

export function reviewView(app) {
  const language = currentLanguage();
  const sum = h("strong", { class: "sum" });
  const amount = h("span", { class: "muted" });
  const { identity } = app;
  const held = heldBack();
  const before = beforeTheyAsk(held.draw);
  const confirm = action(t("review.confirm"), "primary", () => app.confirm(composeOrder()));

  function drawSum() {
    setText(sum, totalMoney(total()));
    setText(amount, t("menu.dishes", { count: count() }));
    confirm.disabled = count() === 0;
    held.draw();
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
      !isSettled(identity) && identityNotice(identity),
      held.element,
      h(
        "h2",
        { class: "intro" },
        SHOP.names[language],
        language !== "zh-TW" && chinese("span", { class: "original" }, ` ${SHOP.names["zh-TW"]}`),
      ),
      before.reminder,
      h("ul", { class: "card dishes" }, chosen().map(row)),
      action(t("review.add_more"), "quiet", toMenu, icon("plus")),
      before.step,
      isSettled(identity) && promise(identity),
    ],
    actions: isSettled(identity)
      ? [h("div", { class: "bar-text", role: "status" }, sum, amount), confirm]
      : [signInAction(identity), asGuestAction(app)],
  });
}

/** What comes of confirming; and whether the phone may speak by itself then. */
function promise({ kind }) {
  const aloud = h(
    "button",
    {
      type: "button",
      class: "chip",
      "aria-pressed": String(wantsAloud()),
      onclick() {
        setAloud(!wantsAloud());
        aloud.setAttribute("aria-pressed", wantsAloud());
      },
    },
    icon("volume"),
    t("review.aloud"),
  );
  return h(
    "section",
    { class: "card promise" },
    icon("bubble"),
    h("p", {}, t(kind === "user" ? "review.user_promise" : "review.guest_promise")),
    aloud,
  );
}
