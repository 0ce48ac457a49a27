/**
 * The order in words, for the staff and for the traveller: the server's summaries; before they
 * are there the same lines, made of what was sent from here with the same templates.
 */
import { currentLanguage, money, text } from "./i18n.js";

/** The items of a status answer or of an order that is being sent. */
export const orderItems = ({ status, order }) => status?.items ?? order?.items ?? [];

/** What it all costs; null where that is not known. */
const totalOf = ({ status, order }) => status?.total_amount ?? order?.total_amount ?? null;

/** `{original, translated}`; an order that an older page has kept has one name. */
export function storeOf({ status, order }) {
  const store = status?.store ?? order?.store_name ?? "";
  return typeof store === "string" ? { original: store, translated: store } : store;
}

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
  const amount = money(item.subtotal ?? null, text(`${templates}.price_unknown`));
  const line = { name: worded(item.name), quantity, amount };
  const details = detailsOf(item, worded);
  return [
    fill(text(`${templates}.item`), line),
    ...(details ? [`\u3000${details}`] : []),
  ];
}

/** How many, and what they cost. */
export function totalLine(state, templates) {
  const count = orderItems(state).reduce((sum, { quantity }) => sum + quantity, 0);
  const total = totalOf(state);
  const key = total === null ? "total_unknown" : "total";
  return fill(text(`${templates}.${key}_${count === 1 ? "one" : "other"}`), {
    count,
    amount: money(total),
  });
}

function written(state, templates, worded) {
  const note = noteOf(state);
  return [
    fill(text(`${templates}.store`), { store: worded(storeOf(state)) }),
    ...orderItems(state).flatMap((item) => itemLines(item, templates, worded)),
    ...(note ? [fill(text(`${templates}.note`), { note: worded(note) })] : []),
    totalLine(state, templates),
  ].join("\n");
}

const fill = (template, values) =>
  template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
