/** A signed-in user's own orders, newest first, a page at a time. */
import { apiUrl } from "./config.js";
import { chinese, h } from "./dom.js";
import { eraseButton } from "./erase-orders.js";
import { dateTime, hasText, t, totalMoney } from "./i18n.js";
import { signInAction } from "./identity-notice.js";
import { action, layout, notice } from "./layout.js";
import { listOrders } from "./order-client.js";
import { circumstances, needLines } from "./order-text.js";

const PAGE_SIZE = 10;
/** What is said to whom no orders can be shown. */
const WHO = { guest: "sign_in", unknown: "identity.unknown", expired: "identity.expired" };

export function historyView(app) {
  const { identity } = app;
  const controller = new AbortController();
  const list = h("ul", { class: "card orders" });
  const message = h("p", { class: "hint", role: "status" });
  const more = action(t("history.more"), "quiet", loadPage);
  const note = h("div", {});
  const erasing = h("div", {});
  let cursor = null;
  let isLoading = false;

  async function loadPage() {
    if (isLoading) return;
    isLoading = true;
    message.textContent = t("history.loading");
    try {
      const page = await listOrders({
        apiUrl,
        idToken: identity.idToken,
        signal: controller.signal,
        limit: PAGE_SIZE,
        cursor,
      });
      const rows = page.orders.map((order) => orderRow(order, app));
      list.append(...rows);
      cursor = page.next_cursor;
      more.hidden = !cursor;
      more.textContent = t("history.more");
      message.textContent = "";
      if (list.children.length && !erasing.children.length) offerErasing();
      if (!list.children.length) note.replaceChildren(notice("bubble", t("history.empty")));
      else if (rows.length < list.children.length) rows[0]?.querySelector("button").focus();
    } catch (error) {
      if (error.status === 401) return app.expire();
      message.textContent = controller.signal.aborted ? "" : t("history.unreachable");
      more.hidden = controller.signal.aborted;
      more.textContent = t("order.try_again");
    } finally {
      isLoading = false;
      list.hidden = !list.children.length;
    }
  }

  /** Whatever becomes of it, the orders are shown. */
  async function offerErasing() {
    const button = await eraseButton(app).catch(() => null);
    if (button && !controller.signal.aborted) erasing.replaceChildren(button);
  }

  more.hidden = true;
  list.hidden = true;
  const { kind } = identity;
  if (kind === "user") loadPage();
  else note.append(notice("user", t(WHO[kind]), kind !== "unknown" && t("history.sign_in_first")));

  const toMenu = () => app.go({ name: "menu" });
  const signIn = kind !== "user" && signInAction(identity);
  const page = layout({
    app,
    title: t("history.title"),
    back: toMenu,
    body: [
      list,
      note,
      message,
      more,
      erasing,
      kind === "user" && identity.signOut && action(t("sign_out"), "quiet", identity.signOut),
    ].filter(Boolean),
    actions: [
      signIn,
      action(t("order.new"), signIn ? "secondary" : "primary", toMenu),
    ].filter(Boolean),
  });
  return { ...page, dispose: () => controller.abort() };
}

function orderRow(order, app) {
  const status = `history.status_${order.status}`;
  const named = (which) => order.items.map(({ name, quantity }) => `${name[which]} × ${quantity}`);
  const about = circumstances({ status: order }, "");
  const isTranslated = order.items.some(({ name }) => name.translated !== name.original);
  return h(
    "li",
    {},
    h(
      "button",
      {
        type: "button",
        class: "order-row",
        onclick: () => app.go({ name: "order", orderId: order.order_id }),
      },
      h(
        "span",
        { class: "order-row-head" },
        chinese("b", {}, order.store.original),
        h("b", {}, totalMoney(order.total_amount)),
      ),
      order.store.translated !== order.store.original && h("span", {}, order.store.translated),
      isTranslated && h("span", { class: "clamp" }, named("translated").join(" · ")),
      chinese("span", { class: "original clamp" }, named("original").join("、")),
      about && h("span", {}, about),
      needLines({ status: order }, "").map((line) => h("span", { class: "needs-line" }, line)),
      h(
        "span",
        { class: "order-row-foot" },
        h("span", {}, dateTime(order.order_time)),
        h(
          "span",
          { class: "state", "data-state": order.status },
          hasText(status) ? t(status) : order.status,
        ),
      ),
    ),
  );
}
