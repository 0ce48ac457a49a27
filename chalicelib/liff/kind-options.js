/** What a typed dish can be asked for with, by its kind: kind-options.json, in a menu's format. */
import { chosenOf, groupsOf } from "./dish-options.js";

let wanted = null;

/** The groups for dishes of `kind` (null: of none that is known); none where they cannot be had. */
export async function kindGroups(kind) {
  wanted ??= load();
  try {
    const { kinds, option_groups } = await wanted;
    return groupsOf({ options: kinds[kind] ?? kinds.other }, option_groups);
  } catch {
    wanted = null;
    return [];
  }
}

async function load() {
  const response = await fetch(new URL("./kind-options.json", import.meta.url));
  if (!response.ok) throw new Error(`no options: ${response.status}`);
  return response.json();
}

/** The line with what was chosen. The price stays: it is the traveller's, of all together. */
export const withChoices = (line, groups, { choices, quantity, note }) => ({
  ...line,
  choices,
  options: chosenOf(groups, choices).map(({ name }) => name),
  quantity,
  note,
});
