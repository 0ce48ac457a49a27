/** The way back to an order that is under way, for who closed the page and opened it again. */
import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

export const lastOrder = ({ lastOrderId, go }) =>
  lastOrderId &&
  h(
    "button",
    {
      type: "button",
      class: "card last-order",
      onclick: () => go({ name: "order", orderId: lastOrderId }),
    },
    icon("play"),
    t("menu.last_order"),
  );
