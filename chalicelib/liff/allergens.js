/**
 * What a menu says is in its dishes and their options, and what of them this traveller has said they
 * must not eat. Only what the menu says counts: nothing is guessed from a name. Where it says nothing
 * (no `allergens`, as against an empty list) whoever is allergic is told that: silence is not safe.
 */
import { said } from "./before.js";
import { chosenOf, isSizes } from "./dish-options.js";
import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { dishNamed, dishOf, menuGroups } from "./menu.js";

const SEAFOOD = ["crustaceans", "molluscs", "fish"];
/** Per diet the allergens and the marks of dishes (menus/model.py) that it leaves out, as the staff
 * are told of it (mandarin/needs.txt). */
const LEFT_OUT = {
  vegan: [...SEAFOOD, "eggs", "milk", "ovo_lacto", "five_pungent"],
  ovo_lacto: SEAFOOD,
  five_pungent: SEAFOOD,
};

const listed = (field, ids) => ids.map((id) => t(`${field}.${id}`)).join(" · ");

export const allergensOf = ({ allergens }) =>
  allergens?.length
    ? h("p", { class: "contains" }, t("shop.contains"), " ", listed("allergies", allergens))
    : null;

/** A menu's dish and what is chosen for it: a size is no other food. */
export const partsOf = (dish, groups, choices) => [
  dish,
  ...chosenOf(groups.filter((group) => !isSizes(group)), choices),
];

/**
 * `{allergies: [ids], diets: [ids], isUntold}`: what the traveller has said and a dish with its
 * options goes against; and whether they are allergic, and of one of these nobody says what is in it.
 */
export function against(...parts) {
  const diets = said("diets");
  const allergies = said("allergies");
  const allergens = parts.flatMap((part) => part.allergens ?? []);
  // Of both the staff are told that garlic and onion are fine.
  const marks = [...allergens, ...parts.map(({ diet }) => diet)].filter(
    (mark) => mark !== "five_pungent" || !diets.includes(mark),
  );
  return {
    allergies: allergies.filter((id) => allergens.includes(id)),
    diets: diets.filter((id) => LEFT_OUT[id]?.some((mark) => marks.includes(mark))),
    isUntold: allergies.length > 0 && parts.some((part) => !part.allergens),
  };
}

/** What a line of the order goes against; a typed one is the menu's if it is named as one there. */
export function lineAgainst({ dishId, name, options, choices }) {
  const dish = dishId ? dishOf(dishId) : dishNamed(name.original);
  if (!dish) return against({});
  return against(...(dishId ? partsOf(dish, menuGroups(dish), choices) : [dish, ...options]));
}

/** Where not one dish says what is in it: that is told once, not of each. */
export const isSilent = (menu) =>
  menu.sections.every(({ dishes }) => dishes.every(({ allergens }) => !allergens));

/** What some of a dish's options contain that the traveller is allergic to; null where none does. */
export function optionsAgainst(groups) {
  const { allergies } = against(...groups.flatMap(({ options }) => options));
  return allergies.length
    ? h("p", { class: "contains" }, t("shop.options_contain", { listed: listed("allergies", allergies) }))
    : null;
}

/** In words, as elements that nobody overlooks, and a quiet one where nobody says what is in it. */
export const warnings = (found) => [
  ...["allergies", "diets"]
    .filter((field) => found[field].length)
    .map((field) =>
      h(
        "span",
        { class: "against" },
        icon("alert"),
        h("span", {}, t(`shop.against_${field}`, { listed: listed(field, found[field]) })),
      ),
    ),
  ...(found.isUntold ? [h("p", { class: "contains untold" }, t("shop.untold"))] : []),
];
