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

/** What was sent from here may have one side only. */
const wording = (said) =>
  typeof said === "string"
    ? { original: said, translated: said }
    : { original: said.original, translated: said.translated ?? said.original };

/** `{original, translated}`, or null. */
export function noteOf({ status, order }) {
  const note = status?.note ?? order?.note;
  return note ? wording(note) : null;
}

const BETWEEN = " · ";

/** Eat in or takeaway, how many, which table, in one line of the `prefix`'s language ("" or
 * "staff_"); empty where nothing is said of it. */
export function circumstances({ status, order }, prefix) {
  const { dining, people, table } = status ?? order ?? {};
  const templates = `${prefix}summary`;
  return [
    dining && (text(`${prefix}dining.${dining}`) ?? dining),
    people && fill(text(`${templates}.people_${people === 1 ? "one" : "other"}`), { count: people }),
    table && fill(text(`${templates}.table`), { table }),
  ]
    .filter(Boolean)
    .join(BETWEEN);
}

/** `{allergies: [ids], diets: [ids]}` */
export function needsOf({ status, order }) {
  const { allergies, diets } = status ?? order ?? {};
  return { allergies: allergies ?? [], diets: diets ?? [] };
}

/** What must not be in the food, a line each for allergies and diets. */
export function needLines(state, prefix) {
  return Object.entries(needsOf(state))
    .filter(([, ids]) => ids.length > 0)
    .map(([name, ids]) => {
      const listed = ids.map((id) => text(`${prefix}${name}.${id}`) ?? id).join(BETWEEN);
      return fill(text(`${prefix}summary.${name}`), { listed });
    });
}

/** An item's options and note in one line; empty where there are none. */
const detailsOf = (item, worded) =>
  [...(item.options ?? []), item.note].filter(Boolean).map(wording).map(worded).join("、");

/**
 * What the staff read: `{about, note, items: [{name, details: [part, …], quantity}]}`. Every part is
 * `{text, unsaid}`: what the server knows the Chinese of stands behind it, 不要辣（no spicy）, and what
 * a name asks for, below it; `unsaid` are the texts of it that the voice leaves out, none where it
 * says all.
 */
export function staffOrder(state) {
  const { status } = state;
  const readings = new Map((status?.readings ?? []).map(({ field, text }) => [field, text]));
  const part = (said, ...fields) => ({
    text: said,
    unsaid: (status?.unspoken ?? []).filter(({ field }) => fields.includes(field)).map(({ text }) => text),
  });
  const wish = (said, field) => {
    const { original } = wording(said);
    return part(readings.has(field) ? `${readings.get(field)}（${original}）` : original, field);
  };
  const about = circumstances(state, "staff_");
  const note = noteOf(state);
  return {
    about: about && part(about, "dining", "table"),
    note: note && wish(note, "note"),
    items: orderItems(state).map(({ name, options, note, quantity }, at) => {
      const field = `items[${at}]`;
      return {
        name: part(wording(name).original, `${field}.name`, `${field}.name.translated`, field),
        details: [
          ...(readings.has(`${field}.name`) ? [part(readings.get(`${field}.name`))] : []),
          ...(options ?? []).map((option, n) => wish(option, `${field}.options[${n}]`)),
          ...(note ? [wish(note, `${field}.note`)] : []),
        ],
        quantity,
      };
    }),
  };
}

const inShopsWords = ({ original }) => original;

export const chineseText = (state) =>
  state.status?.summary?.chinese ?? written(state, "staff_", inShopsWords);

/** `{text, language}`: the server's where it is in the page's language. Names stay as they were. */
export function ownText(state) {
  const { summary } = state.status ?? {};
  if (summary?.language === currentLanguage()) {
    return { text: summary.translated, language: summary.language };
  }
  const bothNames = ({ original, translated }) =>
    original === translated ? original : fill(text("summary.both_names"), { original, translated });
  return { text: written(state, "", bothNames), language: currentLanguage() };
}

function itemLines(item, templates, worded) {
  const { quantity } = item;
  const amount = money(item.subtotal ?? null, text(`${templates}.price_unknown`));
  const line = { name: worded(wording(item.name)), quantity, amount };
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

function written(state, prefix, worded) {
  const templates = `${prefix}summary`;
  const note = noteOf(state);
  return [
    fill(text(`${templates}.store`), { store: worded(storeOf(state)) }),
    circumstances(state, prefix),
    ...needLines(state, prefix),
    ...orderItems(state).flatMap((item) => itemLines(item, templates, worded)),
    note && fill(text(`${templates}.note`), { note: worded(note) }),
    totalLine(state, templates),
  ]
    .filter(Boolean)
    .join("\n");
}

const fill = (template, values) =>
  template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
