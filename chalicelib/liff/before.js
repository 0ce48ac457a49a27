/**
 * What the staff ask before they take an order: eat in or takeaway, how many, which table, what
 * must not be in the food, and a word besides. All of it may be left out; what was said is kept
 * for the next order, what belongs to a visit or to one order not beyond it.
 */
import { text } from "./i18n.js";
import { forget, recall, remember } from "./storage.js";

const HOUR_MS = 3600 * 1000;
const KEPT_MS = {
  dining: 24 * HOUR_MS,
  people: 24 * HOUR_MS,
  table: 6 * HOUR_MS,
  note: 6 * HOUR_MS,
  allergies: Infinity,
  diets: Infinity,
};
export const NEEDS = ["allergies", "diets"];
/** The API's limits. */
export const MOST_PEOPLE = 99;
export const LONGEST_TABLE = 10;
export const LONGEST_NOTE = 200;

const keyOf = (field) => `before-${field}`;

/** Of a code; one that no order takes is none of ours. */
function tableOfAddress() {
  const table = new URLSearchParams(location.search).get("table")?.trim() ?? "";
  return [...table].length <= LONGEST_TABLE ? table : "";
}

const kept = (field) => recall(keyOf(field), KEPT_MS[field]);

/** The ids that the server knows, in its order. */
export const idsOf = (field) => Object.keys(text(field));

/** What is said of `field`: a text or number, or a list for needs; null or [] where nothing is. */
export function said(field) {
  const value = kept(field);
  if (NEEDS.includes(field)) return idsOf(field).filter((id) => value?.ids.includes(id));
  if (field !== "table") return value;
  // The code on the table says more than what was typed at another one.
  const ofAddress = tableOfAddress();
  return (value?.ofAddress === ofAddress ? value.table : ofAddress) || null;
}

export function say(field, value) {
  if (NEEDS.includes(field)) keep(field, value.length ? { ids: value } : null);
  else if (field === "table") {
    keep(field, { table: value, ofAddress: tableOfAddress() });
  } else keep(field, value);
}

const keep = (field, value) =>
  value === null || value === "" ? forget(keyOf(field)) : remember(keyOf(field), value);

/** The order has been sent: its note is said, and what it said of needs is an older order's. */
export function sent() {
  forget(keyOf("note"));
  for (const field of NEEDS) {
    if (said(field).length) remember(keyOf(field), { ...kept(field), isOfLastOrder: true });
  }
}

/** Whether needs would be said that were chosen for an earlier order. */
export const isRemembered = () => NEEDS.some((field) => kept(field)?.isOfLastOrder);

/** The fields of `POST api/orders/quick`; none for what was not said. */
export function orderFields() {
  return Object.fromEntries(
    Object.keys(KEPT_MS)
      .map((field) => [field, said(field)])
      .filter(([, value]) => value && value.length !== 0),
  );
}
