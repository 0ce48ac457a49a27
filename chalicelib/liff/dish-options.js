/**
 * What can be chosen for a dish, whether enough is chosen, and what it then costs. Pure.
 *
 * `choices` is `{<group's id>: [<option's id>, …]}`; sizes are a group of their own, of which one
 * has to be chosen, and whose prices are the dish's.
 */
const SIZE = "$size";

/** The groups of a dish in a menu's format; `known` are the menu's option groups. */
export function groupsOf(dish, known) {
  const sizes = dish.sizes?.length
    ? [{ id: SIZE, name: null, least: 1, most: 1, options: dish.sizes }]
    : [];
  const groups = (dish.options ?? [])
    .map((id) => known.find((group) => group.id === id))
    .filter(Boolean)
    .map(({ id, name, required, min = 0, max = 1, options }) => ({
      id,
      name,
      least: required ? Math.max(min, 1) : min,
      most: max,
      options,
    }));
  return [...sizes, ...groups];
}

export const isSizes = (group) => group.id === SIZE;

/** The chosen options of all groups, in their order. */
export const chosenOf = (groups, choices) =>
  groups.flatMap((group) => group.options.filter(({ id }) => choices[group.id]?.includes(id)));

/** The first group of which too few are chosen, or null. */
export const lacking = (groups, choices) =>
  groups.find((group) => chosenOf([group], choices).length < group.least) ?? null;

/** What of the choices can still be had. */
export const onOffer = (groups, choices) =>
  Object.fromEntries(
    groups
      .map(({ id, most, options }) => {
        const can = options.filter((option) => !option.sold_out).map((option) => option.id);
        return [id, (choices[id] ?? []).filter((option) => can.includes(option)).slice(0, most)];
      })
      .filter(([, chosen]) => chosen.length),
  );

const countOf = (choices) => Object.values(choices).flat().length;

/** Whether everything that was chosen can still be had. */
export const isOnOffer = (groups, choices) => countOf(choices) === countOf(onOffer(groups, choices));

/** Whether everything that was chosen is still there, sold out or not. */
export const areThere = (groups, choices) =>
  countOf(choices) === chosenOf(groups, choices).length;

/** The choices after a tap on `option`: in a group of one it takes the other's place; null is none. */
export function chosenAlso(group, choices, option) {
  if (option === null) return { ...choices, [group.id]: [] };
  const before = choices[group.id] ?? [];
  const without = before.filter((id) => id !== option);
  if (without.length < before.length) {
    const keeps = group.most === 1 && group.least === 1;
    return keeps ? choices : { ...choices, [group.id]: without };
  }
  const after = group.most === 1 ? [option] : [...before, option];
  return after.length > group.most ? choices : { ...choices, [group.id]: after };
}

/** The price of one in TWD with what was chosen; null where it is not known. */
export function priceOf(dish, groups, choices) {
  const [size] = chosenOf(groups.filter(isSizes), choices);
  const base = (dish.sizes?.length ? size?.price : dish.price) || null;
  if (base === null) return null;
  const extras = chosenOf(groups.filter((group) => !isSizes(group)), choices);
  return extras.reduce((sum, { price }) => sum + (price ?? 0), base);
}
