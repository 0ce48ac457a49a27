/** The menu of the shop in the address: what is known of it, with and without a network. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deadNetwork, json } from "./fake-server.mjs";
import { answers, goTo, leave, mockShop } from "./mocked-shop.mjs";

const { currentMenu, dishOf, loadMenu, menuPhase, menuState } = await import(
  "../../chalicelib/liff/menu.js"
);

mockShop();

const menu = (store_id, price = 45) => ({
  store_id,
  name: { "zh-TW": "小店" },
  sections: [{ id: "all", name: {}, dishes: [{ id: "rice", name: {}, price }] }],
});

test("the shop's menu is asked for, revalidated, and its dishes are found", async () => {
  goTo("?store=a&table=5");
  const calls = answers(json(200, menu("a")));
  assert.equal(menuPhase(), "loading");
  await loadMenu();
  assert.equal(menuPhase(), "loaded");
  assert.equal(dishOf("rice").price, 45);
  assert.equal(dishOf("noodles"), null);
  assert.deepEqual([calls[0].url.split("/api/")[1], calls[0].cache], ["menus/a", "no-cache"]);
});

test("without a shop nothing is asked", async () => {
  goTo("");
  const calls = answers(deadNetwork);
  await loadMenu();
  assert.equal(menuPhase(), "none");
  assert.equal(calls.length, 0);
});

for (const status of [404, 422]) {
  test(`a shop that nobody knows (${status}) is unknown, and its menu is not kept`, async () => {
    leave("menu", menu("gone"));
    goTo("?store=gone");
    answers(json(status, {}), deadNetwork);
    await loadMenu();
    assert.equal(menuPhase(), "unknown");
    assert.equal(currentMenu(), null);
    goTo("?store=elsewhere");
    assert.equal(menuPhase(), "loading");
    goTo("?store=gone");
    assert.equal(menuPhase(), "loading");
  });
}

test("with no network and no menu it cannot be reached, until it is asked for again", async () => {
  answers(deadNetwork, json(503, {}), json(200, menu("later")));
  await loadMenu();
  assert.equal(menuPhase(), "unreachable");
  const asked = loadMenu();
  assert.equal(menuPhase(), "loading");
  await asked;
  assert.equal(menuPhase(), "unreachable");
  await loadMenu();
  assert.equal(menuPhase(), "loaded");
});

test("the last menu is there at once, and stays without a network", async () => {
  leave("menu", menu("kept"));
  goTo("?store=kept");
  answers(deadNetwork);
  assert.equal(menuPhase(), "loaded");
  await loadMenu();
  assert.equal(dishOf("rice").price, 45);
});

test("a menu of yesterday is asked for first", () => {
  leave("menu", menu("old"), Date.now() - 25 * 3600 * 1000);
  goTo("?store=old");
  assert.equal(menuPhase(), "loading");
});

test("only another document is another state", async () => {
  goTo("?store=same");
  answers(json(200, menu("same")), json(200, menu("same")), json(200, menu("same", 50)));
  await loadMenu();
  const first = menuState();
  await loadMenu();
  assert.equal(menuState(), first);
  await loadMenu();
  assert.notEqual(menuState(), first);
});

test("asked for twice at once, it is one request", async () => {
  const calls = answers(json(200, menu("busy")));
  await Promise.all([loadMenu(), loadMenu()]);
  assert.equal(calls.length, 1);
});

test("the shop is found in LINE's address before LINE has restored it", () => {
  goTo(`?liff.state=${encodeURIComponent("?store=tea&table=5#review")}`);
  assert.equal(menuState().store, "tea");
});

test("an answer for the shop that was left is not this shop's", async () => {
  let answer;
  answers(() => new Promise((resolve) => (answer = () => resolve(json(200, menu("left"))()))));
  const asked = loadMenu();
  goTo("?store=entered");
  answer();
  await asked;
  assert.equal(menuPhase(), "loading");
});
