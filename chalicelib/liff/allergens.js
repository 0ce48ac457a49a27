/** What is in a dish of a menu that not everybody may eat; what this traveller must not stands out. */
import { said } from "./before.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";

export function allergensOf({ allergens }) {
  if (!allergens?.length) return null;
  const avoided = said("allergies");
  const listed = allergens.flatMap((id, at) => [
    at > 0 && " · ",
    h(avoided.includes(id) ? "strong" : "span", {}, t(`allergies.${id}`)),
  ]);
  const isAvoided = allergens.some((id) => avoided.includes(id));
  return h("p", { class: isAvoided ? "contains needs" : "contains" }, t("shop.contains"), " ", listed);
}
