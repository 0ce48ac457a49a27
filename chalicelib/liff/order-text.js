/**
 * The order in words, for the staff and for the traveller: the server's summaries; before they
 * are there the same lines, made of what was sent from here with the same templates.
 */
import { currentLanguage, text } from "./i18n.js";

/** The items of a status answer or of an order that is being sent. */
export const orderItems = ({ status, order }) => status?.items ?? order?.items ?? [];

export const totalOf = ({ status, order }) => status?.total_amount ?? order?.total_amount ?? 0;

export const storeOf = ({ status, order }) => status?.store_name ?? order?.store_name ?? "";

export const noteOf = ({ status, order }) => status?.note ?? order?.note ?? null;

/** An item's options and note in one line, in the shop's words; empty where there are none. */
export const detailsOf = (item, worded = inShopsWords) =>
  [...(item.options ?? []), item.note].filter(Boolean).map(worded).join("、");

const inShopsWords = ({ original }) => original;

export const chineseText = (state) =>
  state.status?.summary?.chinese ?? written(state, "staff_summary", inShopsWords);

/** `{text, language}` */
export function ownText(state) {
  const { summary } = state.status ?? {};
  if (summary) return { text: summary.translated, language: summary.language };
  const bothNames = ({ original, translated }) =>
    original === translated ? original : fill(text("summary.both_names"), { original, translated });
  return { text: written(state, "summary", bothNames), language: currentLanguage() };
}

function itemLines(item, templates, worded) {
  const { quantity } = item;
  const line = { name: worded(item.name), quantity, amount: amount(item.subtotal) };
  const details = detailsOf(item, worded);
  return [
    fill(text(`${templates}.item`), line),
    ...(details ? [`\u3000${details}`] : []),
  ];
}

function written(state, templates, worded) {
  const items = orderItems(state);
  const note = noteOf(state);
  const count = items.reduce((sum, { quantity }) => sum + quantity, 0);
  return [
    fill(text(`${templates}.store`), { store: storeOf(state) }),
    ...items.flatMap((item) => itemLines(item, templates, worded)),
    ...(note ? [fill(text(`${templates}.note`), { note: worded(note) })] : []),
    fill(text(`${templates}.total_${count === 1 ? "one" : "other"}`), {
      count,
      amount: amount(totalOf(state)),
    }),
  ].join("\n");
}

const fill = (template, values) =>
  template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** As Taiwan writes it, and the server. */
const amount = (twd) => `NT$${twd.toLocaleString("en")}`;
