/** What can be chosen for a dish of a menu, whether it is enough, and what it costs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chosenAlso,
  chosenOf,
  groupsOf,
  isOnOffer,
  lacking,
  priceOf,
} from "../../chalicelib/liff/dish-options.js";

const option = (id, price, more) => ({ id, name: { "zh-TW": id }, price, ...more });
const GROUPS = [
  { id: "sweetness", name: {}, required: true, options: [option("full"), option("half")] },
  { id: "toppings", name: {}, min: 0, max: 2, options: [option("pearls", 10), option("jelly", 7.5), option("pudding", 15, { sold_out: true })] },
];
const TEA = {
  id: "tea",
  sizes: [option("medium", 50), option("large", 60)],
  options: ["sweetness", "toppings", "nothing we know"],
};
const groups = groupsOf(TEA, GROUPS);
const [sizes, sweetness, toppings] = groups;

test("sizes come first, and one of them has to be chosen", () => {
  assert.deepEqual(groups.map(({ id, least, most }) => [id, least, most]), [
    ["$size", 1, 1],
    ["sweetness", 1, 1],
    ["toppings", 0, 2],
  ]);
});

test("what is lacking is named, in the groups' order", () => {
  assert.equal(lacking(groups, {}), sizes);
  assert.equal(lacking(groups, { $size: ["large"] }), sweetness);
  assert.equal(lacking(groups, { $size: ["large"], sweetness: ["half"] }), null);
});

test("in a group of one the other gives way, and what is needed cannot be unchosen", () => {
  const large = chosenAlso(sizes, {}, "large");
  assert.deepEqual(chosenAlso(sizes, large, "medium"), { $size: ["medium"] });
  assert.deepEqual(chosenAlso(sizes, large, "large"), large);
});

test("what need not be chosen can be left again", () => {
  const spicy = { id: "spicy", least: 0, most: 1, options: [{ id: "mild" }, { id: "hot" }] };
  const mild = chosenAlso(spicy, {}, "mild");
  assert.deepEqual(chosenOf([spicy], chosenAlso(spicy, mild, "hot")), [{ id: "hot" }]);
  assert.deepEqual(chosenOf([spicy], chosenAlso(spicy, mild, null)), []);
});

test("no more than a group takes", () => {
  const both = chosenAlso(toppings, { toppings: ["pearls"] }, "jelly");
  assert.deepEqual(chosenAlso(toppings, both, "pudding"), both);
  assert.deepEqual(chosenAlso(toppings, both, "pearls"), { toppings: ["jelly"] });
});

test("the price is the size's, with every extra, exact to the half dollar", () => {
  const choices = { $size: ["large"], sweetness: ["half"], toppings: ["pearls", "jelly"] };
  assert.equal(priceOf(TEA, groups, choices), 77.5);
  assert.equal(priceOf(TEA, groups, {}), null, "no size, no price");
  assert.equal(priceOf({ price: null }, [], {}), null);
  assert.equal(priceOf({ price: 0 }, [toppings], { toppings: ["pearls"] }), null, "never free");
  assert.equal(priceOf({ price: 45 }, [], {}), 45);
});

test("chosen options come in the menu's order", () => {
  const choices = { toppings: ["jelly", "pearls"], $size: ["large"] };
  assert.deepEqual(chosenOf(groups, choices).map(({ id }) => id), ["large", "pearls", "jelly"]);
});

test("what is sold out or gone is no longer on offer", () => {
  assert.equal(isOnOffer(groups, { toppings: ["pearls"] }), true);
  assert.equal(isOnOffer(groups, { toppings: ["pudding"] }), false);
  assert.equal(isOnOffer(groups, { toppings: ["cheese"] }), false);
  assert.equal(isOnOffer(groups, { ice: ["less"] }), false);
});
