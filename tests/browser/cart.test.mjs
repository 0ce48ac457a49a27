/** The dishes chosen so far, and the order that they make. */
import assert from "node:assert/strict";
import { before, beforeEach, test } from "node:test";
import { json } from "./fake-server.mjs";
import { answers, goTo, leave, mockShop } from "./mocked-shop.mjs";

const { useLanguage } = await import("../../chalicelib/liff/i18n.js");
const { loadMenu } = await import("../../chalicelib/liff/menu.js");
const cart = await import("../../chalicelib/liff/cart.js");

mockShop();

before(async () => {
  answers(json(200, { allergies: {}, diets: {} }));
  await useLanguage("en");
});

const name = (chinese, english) => ({ "zh-TW": chinese, en: english });
const option = (id, chinese, english, more) => ({ id, name: name(chinese, english), ...more });

/** Rice, and tea in sizes with what can be added to it. */
function menu() {
  return {
    store_id: new URLSearchParams(location.search).get("store"),
    name: name("山泉", "Spring"),
    sections: [
      {
        id: "all",
        name: name("全部", "All"),
        dishes: [
          { id: "rice", name: name("滷肉飯", "Braised pork rice"), price: 45 },
          { id: "fish", name: name("鮮魚", "Fish"), price: null },
          {
            id: "tea",
            name: name("紅茶", "Black tea"),
            sizes: [option("m", "中杯", "Medium", { price: 30 }), option("l", "大杯", "Large", { price: 37.5 })],
            options: ["sweetness", "toppings"],
          },
        ],
      },
    ],
    option_groups: [
      {
        id: "sweetness",
        name: name("甜度", "Sweetness"),
        required: true,
        min: 1,
        max: 1,
        options: [option("half", "半糖", "Half sugar"), option("none", "無糖", "No sugar")],
      },
      {
        id: "toppings",
        name: name("加料", "Toppings"),
        min: 0,
        max: 2,
        options: [option("pearls", "加珍珠", "Pearls", { price: 10 }), option("jelly", "加椰果", "Jelly", { price: 5 })],
      },
    ],
  };
}

const dishes = () => menu().sections[0].dishes;
const [RICE, FISH, TEA] = ["rice", "fish", "tea"].map((id) => () => dishes().find((dish) => dish.id === id));
const LARGE = { $size: ["l"], sweetness: ["half"], toppings: ["pearls", "jelly"] };
const typed = (more) => cart.typedLine({ name: { original: "石蓮花凍" }, kind: null, price: 37.5, quantity: 1, ...more });

/** The menu with what has changed in it, asked for again. */
async function change(news) {
  const changed = menu();
  news(changed);
  answers(json(200, changed));
  await loadMenu();
}

beforeEach(() => change(() => {}));

test("equal dishes with equal options are one line, however they were tapped", () => {
  cart.add(cart.menuLine(TEA(), LARGE));
  cart.add(cart.menuLine(TEA(), { toppings: ["jelly", "pearls"], sweetness: ["half"], $size: ["l"] }, 2));
  assert.deepEqual(cart.chosen().map(({ quantity, price }) => [quantity, price]), [[3, 52.5]]);
  const less = { ...LARGE, toppings: [] };
  cart.add(cart.menuLine(TEA(), less));
  const { toppings, ...none } = LARGE;
  cart.add(cart.menuLine(TEA(), none));
  assert.deepEqual(cart.chosen().map(({ quantity }) => quantity), [3, 2]);
  assert.equal(cart.quantityOfDish("tea"), 5);
  cart.add(cart.menuLine(TEA(), none, 1, "慢慢來"));
  assert.equal(cart.chosen().length, 3, "what is said of it makes it another");
});

test("a line keeps its key while it exists, and no two share one", () => {
  const key = cart.add(cart.menuLine(RICE()));
  assert.equal(cart.replace(key, cart.menuLine(RICE(), {}, 2, "少油")), key);
  const plain = cart.add(cart.menuLine(RICE()));
  assert.notEqual(plain, key);
  assert.deepEqual(cart.chosen().map(({ note, quantity }) => [note, quantity]), [["少油", 2], ["", 1]]);
});

test("a line that is changed into another's equal joins it", () => {
  const medium = cart.add(cart.menuLine(TEA(), { $size: ["m"], sweetness: ["half"] }, 2));
  const large = cart.add(cart.menuLine(TEA(), { $size: ["l"], sweetness: ["half"] }));
  assert.equal(cart.replace(medium, cart.menuLine(TEA(), { $size: ["l"], sweetness: ["half"] }, 2)), large);
  assert.deepEqual(cart.chosen().map(({ key, quantity }) => [key, quantity]), [[large, 3]]);
});

test("typed dishes stand beside the menu's; another price is another line", () => {
  cart.add(cart.menuLine(RICE()));
  cart.add(typed());
  cart.add(typed({ quantity: 2 }));
  cart.add(typed({ price: 40 }));
  assert.deepEqual(cart.chosen().map(({ quantity }) => quantity), [1, 3, 1]);
  assert.equal(cart.count(), 5);
});

test("at most 99 of one, and 50 lines", () => {
  const key = cart.add(cart.menuLine(RICE(), {}, 60));
  cart.add(cart.menuLine(RICE(), {}, 60));
  assert.equal(cart.lineOf(key).quantity, 99);
  for (let at = 1; at < 50; at += 1) cart.add(typed({ name: { original: `菜${at}` } }));
  assert.equal(cart.add(typed({ name: { original: "多一道" } })), null);
  assert.equal(cart.chosen().length, 50);
  assert.equal(cart.add(typed({ name: { original: "菜1" } })), cart.chosen()[1].key, "one more of it");
});

test("what all costs is exact to the half dollar, and unknown where a price is", () => {
  cart.add(typed({ price: 7.5, quantity: 3 }));
  assert.equal(cart.total(), 22.5);
  cart.add(cart.menuLine(FISH()));
  assert.equal(cart.total(), null);
});

test("lines are remembered for six hours, each shop's by itself", () => {
  const { search } = location;
  cart.add(cart.menuLine(RICE(), {}, 2));
  goTo("?store=next-door");
  assert.equal(cart.count(), 0);
  goTo(search);
  assert.equal(cart.count(), 2);
  const line = cart.chosen()[0];
  leave("cart.long-ago", [line], Date.now() - 6.1 * 3600 * 1000);
  goTo("?store=long-ago");
  assert.equal(cart.count(), 0);
});

for (const [what, stored] of Object.entries({
  "an older page's quantities by dish": { "beef-noodles": 2 },
  "a text": "rice",
  nothing: null,
  "lines of another shape": [null, 7, { key: "k" }, { key: "k", quantity: 2, dish: { id: "rice" } }],
  "a line without its options": [{ key: "k", quantity: 1, dishId: "rice", names: {} }],
  "a quantity that cannot be": [{ key: "k", quantity: 100, name: { original: "飯" }, options: [], choices: {} }],
})) {
  test(`what is stored may be ${what}`, () => {
    leave("cart.once", stored);
    goTo("?store=once");
    assert.deepEqual(cart.chosen(), []);
    assert.equal(cart.total(), 0);
    goTo("?store=elsewhere");
  });
}

test("the order says what was chosen, the size first, with the price of one", () => {
  cart.add(cart.menuLine(TEA(), LARGE, 2, "慢慢來"));
  cart.add(typed({ name: { original: "石蓮花凍", translated: "Stonecrop jelly" }, price: null }));
  const { store_id, ...order } = cart.composeOrder();
  assert.equal(`?store=${store_id}`, location.search);
  assert.deepEqual(order, {
    store_name: { original: "山泉", translated: "Spring" },
    items: [
      {
        menu_item_id: "tea",
        name: { original: "紅茶", translated: "Black tea" },
        price: 52.5,
        quantity: 2,
        subtotal: 105,
        options: [
          { original: "大杯", translated: "Large" },
          { original: "半糖", translated: "Half sugar" },
          { original: "加珍珠", translated: "Pearls" },
          { original: "加椰果", translated: "Jelly" },
        ],
        note: "慢慢來",
      },
      {
        name: { original: "石蓮花凍", translated: "Stonecrop jelly" },
        price: null,
        quantity: 1,
        subtotal: null,
      },
    ],
    total_amount: null,
    language: "en",
  });
});

test("another price is told until it is seen, and is the one that is sent", async () => {
  const key = cart.add(cart.menuLine(TEA(), LARGE));
  await change((news) => (news.option_groups[1].options[0].price = 15));
  cart.takePresent();
  cart.takePresent();
  assert.deepEqual(cart.newsOf(cart.lineOf(key)), [{ kind: "price", was: 52.5 }]);
  assert.equal(cart.composeOrder().items[0].price, 57.5);
  assert.equal(cart.total(), 57.5);
  cart.acknowledge(key);
  assert.equal(cart.newsOf(cart.lineOf(key)), null);
});

test("a price that is as it was again is nothing to tell", async () => {
  const key = cart.add(cart.menuLine(FISH()));
  await change((news) => (news.sections[0].dishes[1].price = 300));
  cart.takePresent();
  assert.deepEqual(cart.newsOf(cart.lineOf(key)), [{ kind: "price", was: null }]);
  await change(() => {});
  cart.takePresent();
  assert.equal(cart.newsOf(cart.lineOf(key)), null);
});

for (const [kind, news] of Object.entries({
  gone: ({ sections: [{ dishes }] }) => dishes.pop(),
  sold_out: ({ sections: [{ dishes }] }) => (dishes[2].sold_out = true),
  options: ({ option_groups: [, toppings] }) => (toppings.options[1].sold_out = true),
})) {
  test(`a dish is told to be changed: ${kind}`, async () => {
    cart.add(cart.menuLine(TEA(), LARGE));
    await change(news);
    cart.takePresent();
    assert.deepEqual(cart.newsOf(cart.chosen()[0]), [{ kind }]);
    assert.equal(cart.chosen()[0].price, 52.5, "as it was chosen");
  });
}

test("a dish that is dearer, sold out and without an option is told to be all of it", async () => {
  const key = cart.add(cart.menuLine(TEA(), LARGE));
  await change(({ sections: [{ dishes }], option_groups: [, toppings] }) => {
    dishes[2].sold_out = true;
    dishes[2].sizes.forEach((size) => (size.price += 5));
    toppings.options[1].sold_out = true;
  });
  cart.takePresent();
  const price = { kind: "price", was: 52.5 };
  assert.deepEqual(cart.newsOf(cart.lineOf(key)), [
    { kind: "sold_out" },
    { kind: "options" },
    price,
  ]);
  assert.equal(cart.composeOrder().items[0].price, 57.5);
  cart.acknowledge(key);
  assert.deepEqual(cart.newsOf(cart.lineOf(key)), [{ kind: "sold_out" }, { kind: "options" }]);
});

test("an option that is not on the menu any more leaves the line as it was chosen", async () => {
  const key = cart.add(cart.menuLine(TEA(), LARGE));
  await change(({ option_groups: [, toppings] }) => toppings.options.splice(1, 1));
  cart.takePresent();
  assert.deepEqual(cart.newsOf(cart.lineOf(key)), [{ kind: "options" }]);
  assert.equal(cart.lineOf(key).price, 52.5);
});

test("a table of more characters than an order takes is none", () => {
  for (const [table, said] of [
    ["0123456789", "0123456789"],
    ["靠窗的那一張大的圓桌", "靠窗的那一張大的圓桌"],
    ["01234567890", undefined],
  ]) {
    goTo(`?store=tea&table=${encodeURIComponent(table)}`);
    assert.equal(cart.composeOrder().table, said);
  }
});

test("a group that has to be chosen from now on is told", async () => {
  cart.add(cart.menuLine(RICE()));
  await change((news) => (news.sections[0].dishes[0].options = ["sweetness"]));
  assert.deepEqual(cart.newsOf(cart.chosen()[0]), [{ kind: "options" }]);
});

test("of a shop that is not there any more no dish can be had; a typed one can", async () => {
  cart.add(cart.menuLine(RICE()));
  cart.add(typed());
  answers(json(404, {}));
  await loadMenu();
  assert.deepEqual(cart.chosen().map(cart.newsOf), [[{ kind: "gone" }], null]);
});

test("without a network the order is as it was", async () => {
  cart.add(cart.menuLine(RICE()));
  answers(() => Promise.reject(new TypeError("no network")));
  await loadMenu();
  cart.takePresent();
  assert.deepEqual(cart.chosen().map(cart.newsOf), [null]);
  assert.equal(cart.composeOrder().items[0].price, 45);
});
