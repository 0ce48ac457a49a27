/** What of a menu's dishes a traveller must not eat, by what they have said and the menu says. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { json } from "./fake-server.mjs";
import { answers, mockShop } from "./mocked-shop.mjs";

const { say } = await import("../../chalicelib/liff/before.js");
const { useLanguage } = await import("../../chalicelib/liff/i18n.js");
const { against } = await import("../../chalicelib/liff/allergens.js");

mockShop();

const known = (...ids) => Object.fromEntries(ids.map((id) => [id, id]));

before(async () => {
  const allergies = known("milk", "eggs", "fish", "peanuts");
  const diets = known("vegan", "ovo_lacto", "five_pungent", "no_pork");
  answers(json(200, { allergies, diets }));
  await useLanguage("en");
});

const CASES = [
  [{ allergies: ["peanuts"] }, { allergens: ["milk", "peanuts"] }, ["peanuts"], []],
  [{ allergies: ["peanuts"] }, { allergens: ["milk"] }, [], []],
  [{ allergies: ["peanuts"], diets: ["vegan"] }, {}, [], []],
  [{ diets: ["vegan"] }, { diet: "vegan" }, [], []],
  [{ diets: ["vegan"] }, { diet: "ovo_lacto" }, [], ["vegan"]],
  [{ diets: ["vegan"] }, { allergens: ["eggs"] }, [], ["vegan"]],
  [{ diets: ["vegan"] }, { diet: "five_pungent" }, [], ["vegan"]],
  [{ diets: ["vegan", "five_pungent"] }, { diet: "five_pungent" }, [], []],
  [{ diets: ["ovo_lacto"] }, { allergens: ["eggs", "milk"], diet: "ovo_lacto" }, [], []],
  [{ diets: ["ovo_lacto", "five_pungent"] }, { allergens: ["fish"] }, [], ["ovo_lacto", "five_pungent"]],
  [{ diets: ["no_pork"] }, { allergens: ["fish"] }, [], []],
];
for (const [said, dish, allergies, diets] of CASES) {
  test(`who says ${JSON.stringify(said)} is told of ${JSON.stringify(dish)}: ${[...allergies, ...diets]}`, () => {
    for (const [field, ids] of Object.entries(said)) say(field, ids);
    assert.deepEqual(against(dish), { allergies, diets });
  });
}
