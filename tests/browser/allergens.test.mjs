/** What of a menu's dishes a traveller must not eat, by what they have said and the menu says. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { json } from "./fake-server.mjs";
import { answers, mockShop } from "./mocked-shop.mjs";

const { say } = await import("../../chalicelib/liff/before.js");
const { useLanguage } = await import("../../chalicelib/liff/i18n.js");
const { against, partsOf } = await import("../../chalicelib/liff/allergens.js");

mockShop();

const known = (...ids) => Object.fromEntries(ids.map((id) => [id, id]));

before(async () => {
  const allergies = known("milk", "eggs", "fish", "peanuts");
  const diets = known("vegan", "ovo_lacto", "five_pungent", "no_pork");
  answers(json(200, { allergies, diets }));
  await useLanguage("en");
});

const CASES = [
  [{ allergies: ["peanuts"] }, [{ allergens: ["milk", "peanuts"] }], ["peanuts"], []],
  [{ allergies: ["peanuts"] }, [{ allergens: ["milk"] }], [], []],
  [{ allergies: ["peanuts"] }, [{ allergens: [] }], [], []],
  [{ allergies: ["peanuts"], diets: ["vegan"] }, [{}], [], [], "untold"],
  [{ allergies: ["milk"] }, [{ allergens: [] }, { allergens: ["milk"] }], ["milk"], []],
  [{ allergies: ["milk"] }, [{ allergens: ["milk"] }, {}], ["milk"], [], "untold"],
  [{ diets: ["vegan"] }, [{}], [], []],
  [{ diets: ["vegan"] }, [{ diet: "vegan" }], [], []],
  [{ diets: ["vegan"] }, [{ diet: "vegan" }, { allergens: ["milk"] }], [], ["vegan"]],
  [{ diets: ["vegan"] }, [{ diet: "ovo_lacto" }], [], ["vegan"]],
  [{ diets: ["vegan"] }, [{ allergens: ["eggs"] }], [], ["vegan"]],
  [{ diets: ["vegan"] }, [{ diet: "five_pungent" }], [], ["vegan"]],
  [{ diets: ["vegan", "five_pungent"] }, [{ diet: "five_pungent" }], [], []],
  [{ diets: ["ovo_lacto"] }, [{ allergens: ["eggs", "milk"], diet: "ovo_lacto" }], [], []],
  [{ diets: ["ovo_lacto", "five_pungent"] }, [{ allergens: ["fish"] }], [], ["ovo_lacto", "five_pungent"]],
  [{ diets: ["no_pork"] }, [{ allergens: ["fish"] }], [], []],
];
for (const [told, parts, allergies, diets, untold] of CASES) {
  const found = [...allergies, ...diets, untold ?? ""].join(" ");
  test(`who says ${JSON.stringify(told)} is told of ${JSON.stringify(parts)}: ${found}`, () => {
    for (const field of ["allergies", "diets"]) say(field, told[field] ?? []);
    assert.deepEqual(against(...parts), { allergies, diets, isUntold: Boolean(untold) });
  });
}

test("a size is no other food, an option is", () => {
  const groups = [
    { id: "$size", options: [{ id: "large" }] },
    { id: "toppings", options: [{ id: "cheese", allergens: ["milk"] }] },
  ];
  const dish = { id: "tea", allergens: [] };
  const parts = partsOf(dish, groups, { $size: ["large"], toppings: ["cheese"] });
  assert.deepEqual(parts, [dish, groups[1].options[0]]);
});
