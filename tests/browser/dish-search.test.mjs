/** Finding a dish by its name in any language, however it is spelled. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createDictionary, languagesOf } from "../../chalicelib/liff/dictionary.js";

const DISHES = [
  ["牛肉麵", "Beef noodle soup", "noodles", ["紅燒牛肉麵"], ["niu rou mian"]],
  ["蚵仔煎", "Oyster omelette", "snack", [], ["o-a-jian", "oyster pancake"]],
  ["珍珠奶茶", "Bubble milk tea", "milk_tea", ["珍奶"], ["boba", "pearl milk tea"]],
  ["滷肉飯", "Braised pork rice", "rice", ["魯肉飯"], ["lu rou fan"]],
  ["河粉", "Phở bò", "noodles", [], []],
  ["鹽酥雞", "ไก่ทอดเกลือ", "fried", [], []],
  ["雞排", "ジーパイ（台湾フライドチキン）", "fried", [], ["じーぱい"]],
  ["飯", "Rice", "rice", [], []],
];
const ADDITIONS = {
  sizes: ["大", "小", "l", "large"],
  temperatures: ["冰", "熱"],
  units: ["杯", "碗", "份", "顆", "入"],
  levels: ["半", "去", "少", "不要"],
  of: ["糖", "冰"],
  options: ["小辣", "加大"],
};
const found = (query) => createDictionary({ dishes: DISHES, additions: ADDITIONS }).find(query).map(({ original }) => original);

const QUERIES = {
  "oyster omelette": "蚵仔煎",
  "Oyster omelet": "蚵仔煎",
  "oister omlette": "蚵仔煎",
  "omelette": "蚵仔煎",
  "OA jian": "蚵仔煎",
  蚵仔: "蚵仔煎",
  珍奶: "珍珠奶茶",
  "buble tea": "珍珠奶茶",
  "bubble tea": "珍珠奶茶",
  boba: "珍珠奶茶",
  "beef nodle soup": "牛肉麵",
  "lurou fan": "滷肉飯",
  魯肉飯: "滷肉飯",
  "pho bo": "河粉",
  ไก่ทอด: "鹽酥雞",
  じーぱい: "雞排",
  ジーパイ: "雞排",
  ｼﾞｰﾊﾟｲ: "雞排",
};
for (const [query, dish] of Object.entries(QUERIES)) {
  test(`"${query}" finds ${dish}`, () => assert.equal(found(query)[0], dish));
}

for (const query of ["", "  ", "!?", "xyzzy", "sushi roll"]) {
  test(`"${query}" finds nothing`, () => assert.deepEqual(found(query), []));
}

test("the nearest comes first", () => assert.deepEqual(found("rice"), ["飯", "滷肉飯"]));

test("a Chinese name is explained, and what is only like it is said to be", () => {
  const { explain } = createDictionary({ dishes: DISHES, additions: ADDITIONS });
  const told = (name) => {
    const dish = explain(name);
    return dish && [dish.translated, Boolean(dish.isOnlyLike)];
  };
  assert.deepEqual(told("蚵仔煎"), ["Oyster omelette", false]);
  assert.deepEqual(told("珍 奶"), ["Bubble milk tea", false]);
  assert.deepEqual(told("古早味滷肉飯（大）"), ["Braised pork rice", true]);
  assert.deepEqual(told("牛肉麵(牛肚)"), ["Beef noodle soup", true]);
  assert.equal(told("三杯小卷"), null);
  assert.equal(told("生魚飯"), null, "one character tells nothing");
});

for (const [name, translated] of [
  ["珍珠奶茶 L", "Bubble milk tea (L)"],
  ["珍珠奶茶Ｌ", "Bubble milk tea (L)"],
  ["珍珠奶茶（大杯）", "Bubble milk tea (大杯)"],
  ["珍奶 半糖去冰", "Bubble milk tea (半糖去冰)"],
  ["珍奶 大杯 半糖/少冰", "Bubble milk tea (大杯 半糖/少冰)"],
  ["珍珠奶茶半糖去冰", "Bubble milk tea (半糖去冰)"],
  ["珍珠奶茶 熱", "Bubble milk tea (熱)"],
  ["珍珠奶茶 700cc", "Bubble milk tea (700cc)"],
  ["牛肉麵(小)", "Beef noodle soup (小)"],
  ["雞排 小辣", "ジーパイ（台湾フライドチキン） (小辣)"],
  ["飯 2碗", "Rice (2碗)"],
  ["蚵仔煎１０顆", "Oyster omelette (10顆)"],
]) {
  test(`${name} is the dish, and what is added to it`, () => {
    const dish = createDictionary({ dishes: DISHES, additions: ADDITIONS }).explain(name);
    assert.deepEqual([dish?.translated, dish?.isOnlyLike], [translated, undefined]);
  });
}

test("in Chinese a name with an addition is itself", () => {
  const { explain } = createDictionary({ dishes: [["珍珠奶茶", "珍珠奶茶", "tea", [], []]], additions: ADDITIONS });
  assert.equal(explain("珍珠奶茶（L）").translated, "珍珠奶茶（L）");
});

test("one character at the end may be the dish's own", () => {
  const { explain } = createDictionary({ dishes: DISHES, additions: ADDITIONS });
  assert.equal(explain("滷肉飯冰"), null);
  assert.equal(explain("大杯"), null);
});

test("other languages are asked by the script of what is typed", () => {
  assert.deepEqual(languagesOf("oyster", "ja"), ["ja", "en", "vi", "id"]);
  assert.deepEqual(languagesOf("ジーパイ", "en"), ["en", "ja"]);
  assert.deepEqual(languagesOf("굴전", "en"), ["en", "ko"]);
  assert.deepEqual(languagesOf("蚵仔煎", "en"), ["en"]);
});
