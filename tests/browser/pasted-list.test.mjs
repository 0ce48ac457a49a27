/** Lines of a menu, as they are pasted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_DISHES, parseLine, parseList } from "../../chalicelib/liff/pasted-list.js";

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
  ["牛肉麵 大120 小100", "牛肉麵 大120 小100", 1, null],
  ["牛肉麵 120/150", "牛肉麵 120/150", 1, null],
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
  test(`a pasted line: ${line}`, () => assert.deepEqual(parseLine(line), { name, quantity, price }));
}

for (const line of ["", "   ", "---", "．．．", "🍜"]) {
  test(`no dish: ${JSON.stringify(line)}`, () => assert.equal(parseLine(line), null));
}

test("a price on a line of its own belongs to the dish above", () => {
  assert.deepEqual(parseList("牛肉麵\n180\n滷肉飯\nNT$45元\n\n豆花").dishes, [
    { name: "牛肉麵", quantity: 1, price: 180 },
    { name: "滷肉飯", quantity: 1, price: 45 },
    { name: "豆花", quantity: 1, price: null },
  ]);
});

test("more lines than an order takes are counted", () => {
  const { dishes, left } = parseList(Array.from({ length: 53 }, (_, at) => `菜${at}號`).join("\r\n"));
  assert.equal(dishes.length, MOST_DISHES);
  assert.equal(left, 3);
});

test("a name is cut where the API would refuse it, between characters", () => {
  assert.equal([...parseLine("🍜麵".repeat(80)).name].length, 100);
});
