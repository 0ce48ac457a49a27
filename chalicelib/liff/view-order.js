/** One order: how far it is, the player, both texts. Built once, then updated in place. */
import { fetchChatWords } from "./chat-words.js";
import { apiUrl } from "./config.js";
import { chinese, h, icon, setText } from "./dom.js";
import { t, text } from "./i18n.js";
import { signInAction } from "./identity-notice.js";
import { action, layout, settle } from "./layout.js";
import { fetchOrder } from "./order-client.js";
import { mustWaitLong, orderHeadline, orderSteps } from "./order-headline.js";
import { needsList } from "./needs-list.js";
import { chineseText, needsOf, orderItems, ownText } from "./order-text.js";
import { createPlayer } from "./player.js";
import { showToStaff } from "./view-staff.js";

export function orderView(app, run) {
  const { identity } = app;
  const client = { apiUrl, idToken: identity.idToken };
  // Where Play is: whoever plays it sees what to show besides.
  const unspoken = partsOf("unspoken", "h2", text("summary.unspoken"), t("order.unspoken_hint"));
  const player = createPlayer({
    refresh: () => fetchOrder(run.state.orderId, client),
    besides: unspoken.element,
  });

  const badge = h("span", { class: "badge" });
  const title = h("h2", {});
  const progress = h("progress", { max: 100, "aria-label": t("order.progress") });
  const detail = h("p", { class: "detail" });
  const announcement = h("p", { class: "unseen", role: "status" });
  const steps = h("ol", { class: "steps" });
  const headline = h(
    "section",
    { class: "card headline" },
    h("div", { class: "headline-title" }, badge, title),
    progress,
    steps,
    detail,
  );
  const staffText = chinese("p", { class: "order-text" }, "");
  const ownOrder = h("p", { class: "order-text" });
  const needs = h("div", {});
  const texts = [
    h(
      "section",
      { class: "card" },
      h("h2", {}, t("order.chinese_title")),
      staffText,
    ),
    h("section", { class: "card" }, h("h2", {}, t("order.own_title")), ownOrder),
  ];
  const transcript = transcriptCard();
  const toChat = chatLink(identity);
  /** Whether LINE delivers to this traveller; it comes when it may. */
  const befriend = h("div", {});
  let friends = null;
  const bar = h("div", { class: "bar" });
  let staffView = null;

  /** At the shop that the order was of, unless the address names one. */
  const toMenu = () => app.go({ name: "menu", store: run.state.status?.store_id });

  function update(state) {
    const { shape, kind, ...words } = orderHeadline(state, identity);
    headline.dataset.kind = kind;
    if (badge.dataset.shape !== shape) {
      badge.dataset.shape = shape;
      badge.replaceChildren(icon(shape));
    }
    setText(title, words.title);
    setText(detail, words.detail);
    setText(announcement, `${words.title} ${words.detail}`.trim());
    progress.hidden = kind === "trouble";
    progress.value = state.status?.progress ?? 0;
    drawSteps(steps, orderSteps(state, identity));
    player.update(state);
    const isKnown = orderItems(state).length > 0;
    player.element.hidden = !isKnown || (kind === "trouble" && !state.status?.voice_ready);
    for (const card of texts) card.hidden = !isKnown;
    unspoken.show(state.status);
    transcript.show(state.status);
    drawNeeds(state);
    setText(staffText, chineseText(state));
    const own = ownText(state);
    setText(ownOrder, own.text);
    ownOrder.lang = own.language === "zh-TW" ? "zh-Hant-TW" : own.language;
    // Who waits for the voice may wait in the chat.
    const isAwaited =
      state.phase === "late" && !state.status.voice_ready && state.status.notification !== "skipped";
    if (toChat) toChat.hidden = !isAwaited && state.status?.notification !== "sent";
    const { notification, notification_detail: why } = state.status ?? {};
    befriend.hidden = !["pending", "sent"].includes(notification);
    friends?.update({ isDoubted: why === "not_reachable" });
    drawActions(state, isKnown);
    staffView?.update(state);
  }

  /** Once they are known: an order's needs do not change. */
  function drawNeeds(state) {
    if (needs.children.length) return;
    const list = needsList(needsOf(state), "staff_", { isForBoth: true, class: "card needs" });
    if (list) needs.append(list);
  }

  function openStaffView() {
    staffView ??= showToStaff(run.state, player);
  }

  /** Whether there was one: "back" is then answered. */
  function closeStaffView() {
    if (!staffView) return false;
    staffView.end();
    staffView = null;
    return true;
  }

  function drawActions(state, isKnown) {
    const actions = orderActions(state, isKnown);
    const looks = (buttons) =>
      Array.from(buttons, ({ className, textContent }) => `${className} ${textContent}`).join();
    if (looks(actions) === looks(bar.children)) return;
    const hadFocus = bar.contains(document.activeElement);
    if (bar.children.length > 0) settle();
    bar.replaceChildren(...actions);
    if (hadFocus) bar.querySelector("button").focus();
  }

  function orderActions({ phase, status, error }, isKnown) {
    const mayTryAgain = status?.error?.retryable !== false;
    const show = (kind) =>
      isKnown &&
      action(t("staff.open"), kind, openStaffView, icon("expand"));
    const newOrder = (kind) => action(t("order.new"), kind, toMenu);
    const wait = (kind) => action(t("order.keep_waiting"), kind, () => app.keepWaiting());
    const again = (kind) => action(t("order.try_again"), kind, () => app.tryAgain());
    const orShow = (other) =>
      status?.voice_ready || mustWaitLong(error)
        ? [show("primary"), other("secondary")]
        : [other("primary"), show("secondary")];
    const signIn = signInAction(identity);
    const actions = {
      sending: [show("secondary")],
      following: [show("primary"), newOrder("secondary")],
      completed: [show("primary"), newOrder("secondary")],
      late: orShow(wait),
      failed: mayTryAgain
        ? orShow(again)
        : [show("primary"), newOrder("secondary")],
      unreachable: orShow(again),
      refused: [action(t("order.change"), "primary", () => app.go({ name: "review" })), show("secondary")],
      missing: [signIn, newOrder(signIn ? "secondary" : "primary")],
      "signed-out": [signIn || again("primary"), newOrder("secondary")],
    };
    return actions[phase].filter(Boolean);
  }

  const page = layout({
    app,
    title: t("order.heading"),
    back: toMenu,
    // The transcript comes with the voice: last, so that nothing moves.
    body: [headline, announcement, player.element, needs, ...texts, befriend, toChat, transcript.element].filter(Boolean),
  });
  page.main.classList.add("order-page");
  update(run.state);
  let isOver = false;
  if (identity.kind === "user") {
    fetchChatWords().then(() => isOver || update(run.state));
    import("./later.js").then(befriendLater, () => {}); // Without a network, nothing is offered.
  }

  function befriendLater({ friendPrompt }) {
    if (isOver) return;
    friends = friendPrompt(identity, settle);
    friends.element.className = "card promise";
    befriend.append(friends.element);
    update(run.state);
  }

  function dispose() {
    isOver = true;
    player.dispose();
  }
  return { ...page, bar, update, closeStaffView, dispose };
}

/** What the voice says (its text alternative, WCAG 1.2.1), and what is still to choose. */
function transcriptCard() {
  const spoken = chinese("p", { class: "order-text" }, "");
  const undecided = partsOf(
    "undecided",
    "h3",
    t("order.undecided_title"),
    t("order.undecided_hint"),
    true,
  );
  const element = h(
    "section",
    { class: "card transcript" },
    h("h2", {}, t("order.spoken_title")),
    spoken,
    undecided.element,
  );
  element.hidden = true;
  return {
    element,
    show(status) {
      element.hidden = !status?.spoken;
      setText(spoken, status?.spoken ?? "");
      undecided.show(status);
    },
  };
}

/** Parts of the order that the status lists: what is shown only; what is still to choose, where the
 * traveller reads which dish it is of, too. */
function partsOf(field, heading, title, hint, isForBoth = false) {
  const list = h("ul", { lang: "zh-Hant-TW" });
  const element = h(
    "div",
    { class: `parts ${field}` },
    h(heading, {}, title),
    list,
    h("p", { class: "muted" }, hint),
  );
  return {
    element,
    show(status) {
      const parts = status?.[field] ?? [];
      const texts = parts.map((part) => withDish(part, status.items));
      // What stands below it moves.
      if (element.hidden !== (texts.length === 0)) settle();
      element.hidden = texts.length === 0;
      if (texts.join("\n") === list.dataset.shown) return;
      list.dataset.shown = texts.join("\n");
      list.replaceChildren(
        ...parts.map((part, at) => h("li", {}, isForBoth && ownName(part, status), texts[at])),
      );
    },
  };
}

const dishOfPart = ({ field }, items) => items[/^items\[(\d+)\]/.exec(field)?.[1]]?.name;

function ownName(part, { items, language }) {
  const { original, translated } = dishOfPart(part, items);
  return translated !== original && h("span", { lang: language }, `${translated} `);
}

/** 牛肉麵：gift wrap; what is a dish's whole name, or the order's, stands alone. */
function withDish(part, items) {
  const { text } = part;
  const dish = dishOfPart(part, items)?.original ?? text;
  return dish === text ? text : `${dish}：${text}`;
}

function drawSteps(list, steps) {
  if (list.children.length !== steps.length) {
    list.replaceChildren(
      ...steps.map(({ name }) => h("li", {}, h("span", {}, name), h("span", { class: "unseen" }))),
    );
  }
  steps.forEach(({ state }, at) => {
    const item = list.children[at];
    item.className = state;
    if (state === "now") item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
    setText(item.lastChild, ` (${t(`order.state_${state}`)})`);
  });
}

/** Where the LINE message is: the chat itself, or the stand-in's picture of it. */
function chatLink({ closeWindow, chatUrl }) {
  if (closeWindow) return action(t("order.to_chat"), "quiet", closeWindow);
  if (!chatUrl) return null;
  return h(
    "a",
    { class: "action quiet", href: chatUrl, target: "_blank", rel: "noopener" },
    t("order.to_chat"),
  );
}
