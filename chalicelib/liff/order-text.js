/**
 * The order in words, for the staff and for the traveller: the server's summaries once they are
 * there, before that what was sent from here.
 */
import { money, t } from "./i18n.js";

/** `[{original, translated, quantity, price}]` of a status answer or of a composed order. */
export function orderItems({ status, order }) {
  return (status?.items ?? order?.items ?? []).map((item) => ({
    original: item.name?.original ?? item.original ?? String(item.name ?? ""),
    translated: item.name?.translated ?? item.translated ?? String(item.name ?? ""),
    quantity: item.quantity,
    price: item.price,
  }));
}

export const totalOf = ({ status, order }) => status?.total_amount ?? order?.total_amount ?? 0;

export const storeOf = ({ status, order }) => status?.store_name ?? order?.store_name ?? "";

export function chineseText(state) {
  const { summary } = state.status ?? {};
  if (summary?.chinese) return summary.chinese;
  return orderItems(state)
    .map((item) => `${item.original} × ${item.quantity}`)
    .join("\n");
}

export function ownText(state) {
  const { summary } = state.status ?? {};
  if (summary?.translated) return { text: summary.translated, language: summary.language };
  const lines = orderItems(state).map((item) => `${item.translated} × ${item.quantity}`);
  return { text: [...lines, `${t("total")}: ${money(totalOf(state))}`].join("\n"), language: null };
}
