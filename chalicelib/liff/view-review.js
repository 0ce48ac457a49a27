/** The order before it is sent: what, how much, to whom. */
import { ahead } from "./ahead.js";
import { lineAgainst } from "./allergens.js";
import { beforeTheyAsk } from "./before-they-ask.js";
import { chatChoice, wantsChat } from "./chat-choice.js";
import { chosen, composeOrder, count, newsOf, storeName, takePresent, total } from "./cart.js";
import { chinese, h, icon, setText } from "./dom.js";
import { friendPrompt } from "./friendship.js";
import { heldBack } from "./held-back.js";
import { t, totalMoney } from "./i18n.js";
import { asGuestAction, identityNotice, signInAction } from "./identity-notice.js";
import { action, layout, settle } from "./layout.js";
import { lineRow } from "./line-row.js";
import { loadMenu } from "./menu.js";
import { tell } from "./page-events.js";
import { isSettled } from "./submission.js";
import { setAloud, wantsAloud } from "./voice.js";

/** While the review is open: what is sold out meanwhile is told. */
const MENU_CHECK_MS = 60_000;

export function reviewView(app) {
  const sum = h("strong", { class: "sum" });
  const amount = h("span", { class: "muted" });
  const notForThem = h("span", { class: "needs-line" });
  const dishes = h("ul", { class: "card dishes" });
  const store = h("h2", { class: "intro" });
  const changed = h("p", { role: "status" });
  const { identity } = app;
  const held = heldBack();
  const voice = ahead(identity);
  const before = beforeTheyAsk(onSaid);
  const confirm = action(t("review.confirm"), "primary", () => {
    tell("order_confirmed");
    app.confirm({ ...composeOrder(), ...wantsChat(identity) });
  });
  let isOver = false;
  /** What the lines were drawn with that may change under them. */
  let drawn = "";

  function drawSum() {
    setText(sum, totalMoney(total()));
    setText(amount, t("menu.dishes", { count: count() }));
    const against = chosen().map(lineAgainst).filter(({ allergies, diets }) => allergies.length + diets.length);
    // Beside Confirm: the dishes may be out of sight when an allergy is chosen.
    setText(notForThem, against.length ? t("review.against", { count: against.length }) : "");
    confirm.disabled = count() === 0;
    held.draw();
    if (isSettled(identity)) voice.prepare(composeOrder());
  }

  function drawLines() {
    takePresent();
    drawn = changeable();
    dishes.replaceChildren(...chosen().map((line) => lineRow(line, onChange)));
    dishes.hidden = count() === 0;
    setText(changed, chosen().some(newsOf) ? t("shop.changed") : "");
    changed.className = changed.textContent && "card held-back";
    const { original, translated } = storeName();
    store.replaceChildren(
      translated,
      ...(translated === original ? [] : [chinese("span", { class: "original" }, ` ${original}`)]),
    );
  }

  function onChange(isAnother) {
    if (isAnother) {
      drawLines();
      // What was tapped is gone, and with it the focus.
      if (document.activeElement === document.body) page.heading.focus({ preventScroll: true });
    }
    drawSum();
  }

  function onSaid() {
    if (changeable() !== drawn) drawLines();
    drawSum();
  }

  /** What has changed is seen before it can be confirmed. */
  function drawNews() {
    const before = drawn;
    drawLines();
    drawSum();
    if (drawn !== before) settle();
  }

  // Now and then, and never awaited in the tap on Confirm: its permission lets the voice start.
  loadMenu().then(() => isOver || drawNews());
  const askAgain = () => loadMenu().then(() => isOver || changeable() === drawn || drawNews());
  const timer = setInterval(() => document.hidden || askAgain(), MENU_CHECK_MS);
  drawLines();
  drawSum();
  const toMenu = () => app.go({ name: "menu" });
  const page = layout({
    app,
    title: t("review.title"),
    back: toMenu,
    body: [
      !isSettled(identity) && identityNotice(identity),
      held.element,
      store,
      changed,
      before.reminder,
      dishes,
      action(t("review.add_more"), "quiet", toMenu, icon("plus")),
      before.step,
      isSettled(identity) && promise(identity),
    ].filter(Boolean),
    actions: isSettled(identity)
      ? [h("div", { class: "bar-text", role: "status" }, sum, amount, notForThem), confirm]
      : [signInAction(identity), asGuestAction(app)],
  });
  return {
    ...page,
    dispose() {
      isOver = true;
      clearInterval(timer);
      voice.stop();
    },
  };
}

/** What has become of the lines' dishes, and whether this traveller must not eat them. */
const changeable = () => JSON.stringify(chosen().map((line) => [newsOf(line), lineAgainst(line)]));

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
    h("p", {}, t("review.promise")),
    aloud,
    kind === "user" && chatChoice(),
    friendPrompt({ kind }).element,
  );
}
