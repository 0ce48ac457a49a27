/** Lines of a menu, as they are pasted. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createDictionary } from "../../chalicelib/liff/dictionary.js";
import { MOST_DISHES, parseLine, parseList, readTyped } from "../../chalicelib/liff/pasted-list.js";

const WORDS = JSON.parse(readFileSync(new URL("../../chalicelib/menus/menu_lines.json", import.meta.url), "utf8"));
const parsed = (text) => parseList(text, { words: WORDS });

const LINES = [
  ["牛肉麵 120", "牛肉麵", 1, 120],
  ["牛肉麵120", "牛肉麵", 1, 120],
  ["珍奶 x2 55元", "珍奶", 2, 55],
  ["珍奶 55元 x2", "珍奶", 2, 55],
  ["2x 珍奶 NT$55", "珍奶", 2, 55],
  ["2. 蚵仔煎……$75", "蚵仔煎", 1, 75],
  ["① 臭豆腐 - 65", "臭豆腐", 1, 65],
  ["• 水餃（１０顆） ７０元", "水餃（１０顆）", 1, 70],
  ["水餃 7.5元", "水餃", 1, 7.5],
  ["佛跳牆 1,280", "佛跳牆", 1, 1280],
  ["清蒸鱸魚 時價", "清蒸鱸魚", 1, null],
  ["清蒸鱸魚（時價）", "清蒸鱸魚", 1, null],
  ["陽春麵", "陽春麵", 1, null],
  ["紅茶 ¥40", "紅茶", 1, 40],
  ["紅茶 ￥40", "紅茶", 1, 40],
  ["紅茶 ＄40", "紅茶", 1, 40],
  ["紅茶 NT$40", "紅茶", 1, 40],
  ["紅茶 NT 40", "紅茶", 1, 40],
  ["紅茶 40元", "紅茶", 1, 40],
  ["紅茶 40.-", "紅茶", 1, 40],
  ["紅茶 40/-", "紅茶", 1, 40],
  ["GIANT 40", "GIANT", 1, 40],
  ["水餃 10顆", "水餃 10顆", 1, null],
  ["烤鴨 1/2 500", "烤鴨 1/2", 1, 500],
  ["炒飯/麵 60/70", "炒飯/麵 60/70", 1, null],
  ["燙青菜 40/40", "燙青菜 40/40", 1, null],
  ["雞塊6P 60", "雞塊6P", 1, 60],
  ["7-11咖啡 45", "7-11咖啡", 1, 45],
  ["可樂 330ml", "可樂 330ml", 1, null],
  ["1987珍珠奶茶", "1987珍珠奶茶", 1, null],
  ["No.2 套餐 $199", "No.2 套餐", 1, 199],
  ["3號餐 129", "3號餐", 1, 129],
  ["牛肉麵 x0 120", "牛肉麵 x0", 1, 120],
  ["beef noodle soup 180", "beef noodle soup", 1, 180],
  ["味噌ラーメン ×3", "味噌ラーメン", 3, null],
  ["半半炒飯 $100.25", "半半炒飯 $100.25", 1, null],
];

for (const [line, name, quantity, price] of LINES) {
  test(`a pasted line: ${line}`, () => assert.deepEqual(parseLine(line), [{ name, quantity, price }]));
}

const SIZES = {
  "燙青菜 40/50": { "燙青菜（小）": 40, "燙青菜（大）": 50 },
  "燙青菜 $50/$40": { "燙青菜（小）": 40, "燙青菜（大）": 50 },
  "豆漿 20/25/30": { "豆漿（小）": 20, "豆漿（中）": 25, "豆漿（大）": 30 },
  "牛肉麵 大120 小100": { "牛肉麵（小）": 100, "牛肉麵（大）": 120 },
  "牛肉麵（大碗120/中碗110/小碗100）": { "牛肉麵（小碗）": 100, "牛肉麵（中碗）": 110, "牛肉麵（大碗）": 120 },
  "奶茶 M40 L50": { "奶茶（M）": 40, "奶茶（L）": 50 },
  "紅茶 冰/熱 40/45": { "紅茶（冰）": 40, "紅茶（熱）": 45 },
  "酸辣麵(大) 80 (小) 65": { "酸辣麵（小）": 65, "酸辣麵（大）": 80 },
  "紅茶(冰/熱) 40元/45元": { "紅茶（冰）": 40, "紅茶（熱）": 45 },
};
for (const [line, sizes] of Object.entries(SIZES)) {
  test(`each size with its price, the cheapest first: ${line}`, () => {
    const { dishes } = parseList(line);
    assert.deepEqual(Object.fromEntries(dishes.map(({ name, price }) => [name, price])), sizes);
    assert.deepEqual(dishes.map(({ isWanted }) => isWanted), dishes.map((_, at) => at === 0));
  });
}

for (const line of ["", "   ", "---", "．．．", "🍜"]) {
  test(`no dish: ${JSON.stringify(line)}`, () => assert.deepEqual(parseLine(line), []));
}

test("a price on a line of its own belongs to the dish above", () => {
  assert.deepEqual(parseList("牛肉麵\n180\n滷肉飯\nNT$45元\n\n豆花").dishes, [
    { name: "牛肉麵", quantity: 1, price: 180, isWanted: true },
    { name: "滷肉飯", quantity: 1, price: 45, isWanted: true },
    { name: "豆花", quantity: 1, price: null, isWanted: true },
  ]);
});

test("prices of two sizes on a line of their own belong to the dish above", () => {
  const found = parseList("2. 燙青菜\n40/50\n紅茶 30").dishes.map(({ name, price }) => [name, price]);
  assert.deepEqual(found, [["燙青菜（小）", 40], ["燙青菜（大）", 50], ["紅茶", 30]]);
});

const NO_DISHES = [
  "飯類", "湯品", "【麵食】", "◆飲料◆", "～ 小 菜 ～", "MENU", "Drinks", "經典系列", "お飲み物", "음료",
  "老王牛肉麵店", "阿婆小吃店 歡迎光臨", "謝謝光臨", "歡迎外帶", "영업시간",
  "02-2345-6789", "(02)23456789", "０２－２３４５－６７８９", "0912-345-678", "0912345678", "2345-6789", "電話：02-2345-6789", "TEL: 2345-6789",
  "11:00-20:00", "營業時間 11：00～20：00", "週一公休", "週一~週五", "上午11點到晚上8點",
  "台北市中正區忠孝東路一段12號2樓", "地址：信義路三段5號", "和平路100巷12弄3號",
  "外送滿300元", "外送專線 2345-6789", "https://example.tw/menu", "www.example.com", "@noodles", "合計 180元",
  "★阿月冰店★", "Wi-Fi: ayue / 密碼 12345678", "L / M", "飲料 M L", "【飲料】 L / M", "大碗/小碗", "外帶加收 10元", "最低消費 100元", "服務費 10%",
];
for (const line of NO_DISHES) {
  test(`no dish, listed as it is and not chosen: ${line}`, () => {
    assert.deepEqual(parsed(line).dishes, [{ name: line, quantity: 1, price: null, isWanted: false }]);
  });
}

test("a heading with a price or a count is a dish", () => {
  const found = parsed("小菜 30\n飲料 x2\n套餐\n150").dishes;
  assert.deepEqual(found.map(({ isWanted }) => isWanted), [true, true, true]);
});

test("a price below a telephone number is not its price", () => {
  assert.deepEqual(parsed("電話 0912-345-678\n40").dishes.map(({ price }) => price), [null]);
});

/** The first `columns` of a table without its head and remarks, their parts one by one. */
const cellsOf = (file, columns) =>
  readFileSync(new URL(file, import.meta.url), "utf8")
    .split("\n")
    .filter((row) => row && !row.startsWith("#"))
    .slice(1)
    .flatMap((row) => columns(row.split("\t")))
    .flatMap((cell) => cell.split(" / "))
    .filter(Boolean);

test("no dish of the dictionary, in any language, and none of real menus is taken for a heading", () => {
  const known = cellsOf("../../chalicelib/menus/dishes.tsv", ([name, , ...others]) => [name, ...others]);
  const printed = cellsOf("../menu_names.tsv", ([name]) => [name]);
  assert.ok(known.length > 10_000 && printed.length > 600);
  // 加蛋+NT$10 is printed among the dishes, and added to one.
  const dishes = [...known, ...printed.filter((name) => !/^\*?加(?!熱)|\+(?:NT)?\$\d+$/.test(name))];
  const lost = dishes.filter((name) => parsed(name).dishes.some(({ isWanted }) => !isWanted));
  assert.deepEqual(lost, []);
});

const DICTIONARY = createDictionary({
  dishes: cellsOf("../../chalicelib/menus/dishes.tsv", ([name, kind]) => [[name, kind].join("\n")]).map((dish) => {
    const [name, kind] = dish.split("\n");
    return [name, name, kind, [], []];
  }),
  additions: { sizes: ["大", "大碗"], units: ["碗"] },
  lines: WORDS,
});
const withDishes = (text) => parseList(text, { words: DICTIONARY.lines }).dishes.map(({ isWanted }) => isWanted);

for (const line of [
  "牛肉麵 過敏原:花生", "牛肉麵（過敏原：花生）", "牛肉麵過敏原:花生", "牛肉麵刷卡", "牛肉麵 不要蔥 統編:12345678",
  "牛肉麵 120 發票", "牛肉麵120 刷卡", "2. 牛肉麵 大碗 刷卡", "珍珠奶茶、過敏原：牛奶",
]) {
  test(`a dish with what the traveller wrote behind it is chosen: ${line}`, () => {
    assert.deepEqual(withDishes(line), [true]);
  });
}

const ADDITIONS = ["加麵 + $10", "加麵 +10", "加起司 15元", "+ 滷蛋 10", "升級大杯 +10", "加飯", "add egg 15"];
for (const line of ADDITIONS) {
  test(`what is added to a dish is offered, and not chosen: ${line}`, () => assert.deepEqual(withDishes(line), [false]));
}

for (const line of ["加州捲 80", "加勒比海鮮飯 200", "extra large milk tea 60", "加熱滷味", "A餐+飲料 120", "牛肉麵(加麵+10) 150", "咖啡 熱", "★牛肉麵★", "★招牌拌麵★ 90"]) {
  test(`a dish that looks like no dish is chosen: ${line}`, () => assert.deepEqual(withDishes(line), [true]));
}

const UNIT_PRICES = {
  "水餃 10顆 70 每顆7元": ["水餃 10顆", 70],
  "招牌鍋貼 6元/個": ["招牌鍋貼", 6],
  "白飯 10元/碗": ["白飯", 10],
  "釜山炙麵－－－125": ["釜山炙麵", 125],
  "加麵 + $10": ["加麵", 10],
  "7-11": ["7-11", null],
  "No. 12": ["No. 12", null],
};
for (const [line, [name, price]] of Object.entries(UNIT_PRICES)) {
  test(`what a menu says of a price: ${line}`, () => {
    assert.deepEqual(parseLine(line, DICTIONARY.lines), [{ name, quantity: 1, price }]);
  });
}

/** As typed: the name, how many, the price of one; null where it says nothing of them. */
const TYPED = {
  "牛肉麵 x2": ["牛肉麵", 2, null],
  "2碗牛肉麵": ["牛肉麵", 2, null],
  "牛肉麵 2": ["牛肉麵", 2, null],
  "牛肉麵　２": ["牛肉麵", 2, null],
  "牛肉麵*2": ["牛肉麵", 2, null],
  "滷肉飯 大 2": ["滷肉飯 大", 2, null],
  "排骨飯×10 100": ["排骨飯", 10, 100],
  "三碗白飯": ["白飯", 3, null],
  "二十碗白飯": ["白飯", 20, null],
  "紅茶 去冰 一杯": ["紅茶 去冰", 1, null],
  "牛肉麵（兩碗）": ["牛肉麵", 2, null],
  "珍奶 2杯 55元": ["珍奶", 2, 55],
  "兩個肉包": ["肉包", 2, null],
  "三杯紅茶": ["紅茶", 3, null],
  "三杯雞 2份": ["三杯雞", 2, null],
  "牛肉麵 120": ["牛肉麵", null, 120],
  "紅茶 $ 5": ["紅茶", null, 5],
  "2 beef noodles $120": ["beef noodles", 2, 120],
  "two bowls of beef noodles": ["beef noodles", 2, null],
  "牛肉麺を2つ": ["牛肉麺", 2, null],
  "버블티 두 잔": ["버블티", 2, null],
  "ชานมไข่มุก 2 แก้ว": ["ชานมไข่มุก", 2, null],
  "hai tô phở bò": ["phở bò", 2, null],
  "teh susu boba 2 gelas": ["teh susu boba", 2, null],
  "kopi tiga cangkir": ["kopi", 3, null],
  "nasi goreng 2 bungkus": ["nasi goreng", 2, null],
  "bia 2 lon": ["bia", 2, null],
  "2鍋貼": ["鍋貼", 2, null],
  "2 包子": ["包子", 2, null],
  "2 味噌湯": ["味噌湯", 2, null],
  "1 客家小炒 250": ["客家小炒", 1, 250],
  "2 ชามะนาว": ["ชามะนาว", 2, null],
  "2 잔치국수": ["잔치국수", 2, null],
  "2 glass noodles": ["glass noodles", 2, null],
  "2 xiaolongbao": ["xiaolongbao", 2, null],
  "2x xíu mại": ["xíu mại", 2, null],
  "2 x beef noodles": ["beef noodles", 2, null],
  "2 glass noodle soup": ["glass noodle soup", 2, null],
  "three cups of lemonade": ["lemonade", 3, null],
  "ข้าวผัดสองกล่อง": ["ข้าวผัด", 2, null],
  "콜라 두 캔": ["콜라", 2, null],
  "2 xôi gà": ["xôi gà", 2, null],
  "hai cái bánh bao": ["bánh bao", 2, null],
};
for (const [text, [name, quantity, price]] of Object.entries(TYPED)) {
  test(`a count or a price that is typed with a name is taken for one: ${text}`, () => {
    const typed = readTyped(text, DICTIONARY.lines);
    assert.deepEqual(typed, { name, quantity, price, isWrong: false, several: 0 });
  });
}

for (const name of [
  "coke 330ml", "7-11", "水餃 10顆", "10顆水餃", "3杯雞", "三杯雞", "三杯小卷", "3 cup chicken", "八寶冰", "8寶冰", "五更腸旺",
  "九份芋圓", "三明治", "100%柳橙汁", "套餐 2", "No. 2", "3 號餐", "7 up", "牛肉麵 加麵兩份", "烤鴨 1/2", "녹두병", "mix2",
  "2套餐", "ปลาหมึกผัดสามถ้วย", "ayam tiga cangkir", "三つ葉そば", "2 cup noodles", "bánh bao 2 cái", "phần 2", "ชุด 2",
]) {
  test(`a number that is part of a name is no count: ${name}`, () => {
    const typed = readTyped(name, DICTIONARY.lines);
    assert.deepEqual(typed, { name, quantity: null, price: null, isWrong: false, several: 0 });
  });
}

for (const text of ["牛肉麵 x 0", "牛肉麵 -1", "x 0", "-1", "牛肉麵 x100", "牛肉麵 x-1", "0碗牛肉麵", "牛肉麵 0", "150碗牛肉麵"]) {
  test(`a count that no order takes is no count of the dish: ${text}`, () => {
    const { name, quantity, isWrong } = readTyped(text, DICTIONARY.lines);
    assert.deepEqual([name, quantity, isWrong], [text, null, true]);
  });
}

test("no dish of the dictionary is read as a count of another", () => {
  const names = cellsOf("../../chalicelib/menus/dishes.tsv", ([name]) => [name]);
  const counted = names.filter((name) => readTyped(name, WORDS).quantity !== null);
  assert.deepEqual(counted, []);
});

test("no dish loses what its name begins with to the number before it", () => {
  const names = cellsOf("../../chalicelib/menus/dishes.tsv", ([name]) => [name]);
  const cut = names.filter((name) => ![name, `2 ${name}`].includes(readTyped(`2 ${name}`, DICTIONARY.lines).name));
  assert.deepEqual(cut, []);
});

const TOGETHER = {
  "紅茶 去冰 一杯 奶茶 微糖 兩杯": [["紅茶 去冰", 1], ["奶茶 微糖", 2]],
  "2碗牛肉麵、1份燙青菜": [["牛肉麵", 2], ["燙青菜", 1]],
  "牛肉麵x2 滷肉飯x1": [["牛肉麵", 2], ["滷肉飯", 1]],
  "套餐 一碗飯 一碗湯": [["套餐 一碗飯 一碗湯", 1]],
  "牛肉麵 加麵 一碗": [["牛肉麵 加麵", 1]],
};
for (const [line, dishes] of Object.entries(TOGETHER)) {
  test(`dishes on one line are parted where each has its count: ${line}`, () => {
    const found = parseLine(line, DICTIONARY.lines).map(({ name, quantity }) => [name, quantity]);
    assert.deepEqual(found, dishes);
    assert.equal(readTyped(line, DICTIONARY.lines).several, dishes.length > 1 ? dishes.length : 0);
  });
}

test("numbers that count the lines of a menu are no counts of dishes", () => {
  const counted = (text) => parseList(text, { words: DICTIONARY.lines }).dishes.map(({ quantity }) => quantity);
  assert.deepEqual(counted("1 牛肉麵 120\n2 滷肉飯 40\n3 貢丸湯 30"), [1, 1, 1]);
  assert.deepEqual(counted("2 牛肉麵\n3 滷肉飯"), [2, 3]);
});

for (const line of ["過敏原:花生", "老王牛肉麵 歡迎光臨", "刷卡 統編", "牛肉產地:台灣", "牛肉麵店 外送", "牛肉麵 電話 02-2345-6789"]) {
  test(`a line of the shop is not chosen for the dish in it: ${line}`, () => assert.deepEqual(withDishes(line), [false]));
}

test("what is no dish takes no dish's place", () => {
  const menu = Array.from({ length: 50 }, (_, at) => `【第${at}區】\n菜${at}號`).join("\n");
  const { dishes, left } = parsed(menu);
  assert.deepEqual([dishes.length, left], [100, 0]);
});

test("more lines than an order takes are counted", () => {
  const { dishes, left } = parsed(Array.from({ length: 53 }, (_, at) => `菜${at}號`).join("\r\n"));
  assert.equal(dishes.length, MOST_DISHES);
  assert.equal(left, 3);
});

test("a name is cut where the API would refuse it, between characters", () => {
  assert.equal([...parseLine("🍜麵".repeat(80))[0].name].length, 100);
});
