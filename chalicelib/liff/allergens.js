/**
 * What a menu says is in its dishes, and what of them this traveller has said they must not eat. Only
 * what the menu says counts: nothing is guessed from a name, and of what has no marks nothing is said.
 */
import { said } from "./before.js";
import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { dishNamed, dishOf } from "./menu.js";

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

/** `{allergies: [ids], diets: [ids]}`: what the traveller has said and a menu's dish goes against. */
export function against({ allergens = [], diet = null }) {
  const diets = said("diets");
  // Of both the staff are told that garlic and onion are fine.
  const marks = [...allergens, diet].filter((mark) => mark !== "five_pungent" || !diets.includes(mark));
  return {
    allergies: said("allergies").filter((id) => allergens.includes(id)),
    diets: diets.filter((id) => LEFT_OUT[id]?.some((mark) => marks.includes(mark))),
  };
}

/** What a line of the order goes against; a typed one is the menu's if it is named as one there. */
export function lineAgainst({ dishId, name }) {
  const dish = dishId ? dishOf(dishId) : dishNamed(name.original);
  return against(dish ?? {});
}

/** In words, as elements that nobody overlooks; none where there is nothing. */
export const warnings = (found) =>
  ["allergies", "diets"]
    .filter((field) => found[field].length)
    .map((field) =>
      h(
        "p",
        { class: "against" },
        icon("alert"),
        h("span", {}, t(`shop.against_${field}`, { listed: listed(field, found[field]) })),
      ),
    );
