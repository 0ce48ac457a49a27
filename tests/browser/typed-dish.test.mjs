/** What a typed text is as a dish of the order, and what a typed price is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createDictionary } from "../../chalicelib/liff/dictionary.js";
import { typedPrice } from "../../chalicelib/liff/price-field.js";
import { asDish, suggestions } from "../../chalicelib/liff/typed-dish.js";

const dictionaryOf = (...names) =>
  createDictionary({
    dishes: [
      ["蚵仔煎", names[0], "snack", [], names.slice(1, 2)],
      ["滷肉飯", names[2], "rice", ["魯肉飯"], []],
    ],
    additions: { sizes: ["大", "小"] },
  });
const ENGLISH = dictionaryOf("Oyster omelette", "oyster pancake", "Braised pork rice");
const JAPANESE = dictionaryOf("牡蠣オムレツ", "カキ入りオムレツ", "ルーローハン");
const english = { own: ENGLISH, others: [] };
const japanese = { own: JAPANESE, others: [ENGLISH] };

const DISHES = [
  ["蚵仔煎", english, { original: "蚵仔煎", translated: "Oyster omelette" }, "snack", "known"],
  // As on this menu, and not as the dictionary calls it.
  ["魯肉飯", english, { original: "魯肉飯", translated: "Braised pork rice" }, "rice", "known"],
  ["Oyster  Omelette", english, { original: "蚵仔煎", translated: "Oyster omelette" }, "snack", "known"],
  ["oyster pancake", english, { original: "蚵仔煎", translated: "Oyster omelette" }, "snack", "known"],
  ["カキ入りオムレツ", japanese, { original: "蚵仔煎", translated: "牡蠣オムレツ" }, "snack", "known"],
  ["oyster omelette", japanese, { original: "蚵仔煎", translated: "牡蠣オムレツ" }, "snack", "known"],
  ["滷肉飯 大", english, { original: "滷肉飯 大", translated: "Braised pork rice (大)" }, "rice", "known"],
  ["古早味滷肉飯（大）", english, { original: "古早味滷肉飯（大）" }, "rice", "like"],
  // A slip of the pen is for the traveller to choose among the suggestions.
  ["oister omelette", english, { original: "oister omelette" }, null, "words"],
  ["三杯小卷", english, { original: "三杯小卷" }, null, "chinese"],
  ["親子丼のようなもの", japanese, { original: "親子丼のようなもの" }, null, "words"],
  [" 三杯 小卷 ", { own: null, others: [] }, { original: "三杯 小卷" }, null, "chinese"],
];
for (const [typed, dictionaries, name, kind, knowledge] of DISHES) {
  test(`"${typed}" is ${knowledge}, and sent as ${name.original}`, () => {
    const dish = asDish(typed, dictionaries);
    assert.deepEqual([dish.name, dish.kind, dish.knowledge], [name, kind, knowledge]);
  });
}

const SLIPS = [
  ["oister omlette", english, "蚵仔煎"],
  ["braised prok rise", english, "滷肉飯"],
  ["oister omlette", japanese, "蚵仔煎"],
  ["grandma's pork rice", english, undefined],
  ["omelette", english, undefined],
  ["oyster noodles", english, undefined],
  // Another dish of the paper menu, which the dictionary does not know.
  ["滷雞肉飯", english, undefined],
];
for (const [typed, dictionaries, meant] of SLIPS) {
  test(`"${typed}" is offered as ${meant}, and stays what it is`, () => {
    const { name, nearest } = asDish(typed, dictionaries);
    assert.equal(name.original, typed);
    assert.equal(nearest?.name.original, meant);
  });
}

test("what is suggested is in the traveller's language, each dish once", () => {
  const names = suggestions("oyster", japanese).map(({ name }) => name);
  assert.deepEqual(names, [{ original: "蚵仔煎", translated: "牡蠣オムレツ" }]);
  assert.deepEqual(suggestions("xyzzy", japanese), []);
});

const THAI = { own: dictionaryOf("ออส่วน", "หอยทอด", "ข้าวหมูพะโล้"), others: [] };
const WISHES = [
  ["oyster omelette no egg", english, "蚵仔煎 no egg", "Oyster omelette (no egg)"],
  ["ออส่วน ไม่เผ็ด", THAI, "蚵仔煎 ไม่เผ็ด", "ออส่วน (ไม่เผ็ด)"],
  ["ออส่วนไม่เผ็ด", THAI, "蚵仔煎 ไม่เผ็ด", "ออส่วน (ไม่เผ็ด)"],
  ["牡蠣オムレツ 卵抜き", japanese, "蚵仔煎 卵抜き", "牡蠣オムレツ (卵抜き)"],
];
for (const [typed, dictionaries, original, translated] of WISHES) {
  test(`a dish is found with a wish behind its name, and the wish is kept: ${typed}`, () => {
    assert.deepEqual(suggestions(typed, dictionaries)[0].name, { original, translated });
    const { name, nearest } = asDish(typed, dictionaries);
    assert.deepEqual([name.original, nearest.name], [typed, { original, translated }]);
  });
}

test("a Chinese name with a wish behind it is known, and stays as it was typed", () => {
  const { name, knowledge } = asDish("蚵仔煎 ไม่เผ็ด", THAI);
  assert.deepEqual([name, knowledge], [{ original: "蚵仔煎 ไม่เผ็ด", translated: "ออส่วน (ไม่เผ็ด)" }, "known"]);
});

test("without their dictionary nothing is called by another language's name", () => {
  const blocked = { own: null, others: [ENGLISH] };
  assert.deepEqual(suggestions("oyster", blocked), []);
  assert.deepEqual(asDish("oyster omelette", blocked).name, { original: "蚵仔煎" });
});

const PRICES = {
  "": null,
  " ": null,
  120: 120,
  7.5: 7.5,
  "NT$ 1,200": 1200,
  "55元": 55,
  "１２０": 120,
  0: undefined,
  1.3: undefined,
  "-5": undefined,
  free: undefined,
  9999999: undefined,
};
for (const [typed, price] of Object.entries(PRICES)) {
  test(`"${typed}" is the price ${price}`, () => assert.equal(typedPrice(typed), price));
}
