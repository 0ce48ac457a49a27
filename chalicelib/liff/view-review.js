/** The order before it is sent: what, how much, to whom. */
import { beforeTheyAsk } from "./before-they-ask.js";
import { chosen, composeOrder, count, storeName, total } from "./cart.js";
import { chinese, h, icon, setText } from "./dom.js";
import { heldBack } from "./held-back.js";
import { t, totalMoney } from "./i18n.js";
import { isSettled } from "./identity.js";
import { asGuestAction, identityNotice, signInAction } from "./identity-notice.js";
import { action, layout } from "./layout.js";
import { lineRow } from "./line-row.js";
import { loadMenu } from "./menu.js";
import { setAloud, wantsAloud } from "./voice.js";

export function reviewView(app) {
  const sum = h("strong", { class: "sum" });
  const amount = h("span", { class: "muted" });
  const dishes = h("ul", { class: "card dishes" });
  const { identity } = app;
  const held = heldBack();
  const before = beforeTheyAsk(held.draw);
  const confirm = action(t("review.confirm"), "primary", () => app.confirm(composeOrder()));
  let isOver = false;

  function drawSum() {
    setText(sum, totalMoney(total()));
    setText(amount, t("menu.dishes", { count: count() }));
    confirm.disabled = count() === 0;
    held.draw();
  }

  function drawLines() {
    dishes.replaceChildren(...chosen().map((line) => lineRow(line, onChange)));
    dishes.hidden = count() === 0;
  }

  function onChange(isAnother) {
    if (isAnother) drawLines();
    drawSum();
  }

  // Now, and never awaited in the tap on Confirm: its permission lets the voice start.
  loadMenu().then(() => {
    if (isOver) return;
    drawLines();
    drawSum();
  });
  drawLines();
  drawSum();
  const store = storeName();
  const toMenu = () => app.go({ name: "menu" });
  const page = layout({
    app,
    title: t("review.title"),
    back: toMenu,
    body: [
      !isSettled(identity) && identityNotice(identity),
      held.element,
      h(
        "h2",
        { class: "intro" },
        store.translated,
        store.translated !== store.original &&
          chinese("span", { class: "original" }, ` ${store.original}`),
      ),
      before.reminder,
      dishes,
      action(t("review.add_more"), "quiet", toMenu, icon("plus")),
      before.step,
      isSettled(identity) && promise(identity),
    ].filter(Boolean),
    actions: isSettled(identity)
      ? [h("div", { class: "bar-text", role: "status" }, sum, amount), confirm]
      : [signInAction(identity), asGuestAction(app)],
  });
  return { ...page, dispose: () => (isOver = true) };
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
