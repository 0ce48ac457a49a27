/** What a menu writes behind a dish's name, and a traveller copies: L, 大杯, 10顆, 半糖去冰. Pure. */

/** What parts an addition from the name, and closes it. */
const APART = "[\\s,、/(]+";
const CLOSED = "[)\\s]*$";
const NUMBER = "(?:\\d{1,3}|[一二兩三四五六七八九十半]{1,3})";
const VOLUME = "\\d+(?:\\.\\d+)?\\s*(?:ml|cc|l|oz|g)";

/**
 * A function from a name (in NFKC) to what is in front of its last addition; null where it ends in
 * none. `words` are lists: sizes, temperatures, units, levels (半), of (糖), options (小辣).
 */
export function beforeAddition(words) {
  const listed = (name) => anyOf(words[name] ?? []);
  const addition = [
    `${listed("sizes")}${listed("units")}?`,
    `${NUMBER}\\s*(?:${listed("units")}|pcs?|p)裝?`,
    VOLUME,
    `${listed("levels")}${listed("of")}`,
    `${listed("temperatures")}的?`,
    listed("options"),
  ].join("|");
  const apart = new RegExp(`${APART}(?:${addition})${CLOSED}`, "iu");
  const attached = new RegExp(`(?<=..)(?<addition>${addition})${CLOSED}`, "iu");
  return (name) => {
    const found = name.match(apart) ?? name.match(attached);
    // One character may be the end of the name: 豆花冰.
    const isClear = found && !/^\p{Script=Han}$/u.test(found.groups?.addition ?? "");
    return isClear ? name.slice(0, found.index) : null;
  };
}

/** Any of the words, the longest first; nothing of none. */
const anyOf = (words) =>
  `(?:${[...words].sort((one, other) => other.length - one.length).map(escaped).join("|") || "(?!)"})`;

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
