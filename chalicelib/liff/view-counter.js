/** At any counter: dishes of a menu that the software has never seen, typed or pasted. */
import { MOST_LINES, add, chosen, count, total, typedLine } from "./cart.js";
import { combobox } from "./combobox.js";
import { chinese, h, icon, setText } from "./dom.js";
import { identify, isUnclear, suggest, whatItIs } from "./finding.js";
import { heldBack } from "./held-back.js";
import { currentLanguage, t, totalMoney } from "./i18n.js";
import { lastOrder } from "./last-order.js";
import { action, layout } from "./layout.js";
import { lineRow } from "./line-row.js";
import { priceField } from "./price-field.js";
import { currentStore } from "./router.js";
import { stepper } from "./stepper.js";

/** The API's limit. */
const LONGEST_NAME = 100;
/** What is typed and not added yet outlives a change of language and a look at the order. */
let draft = "";
/** So long who types is not told that what they have typed is unknown. */
const PAUSE_MS = 600;
/** So long what is told has to stand there to have been read. */
const READ_MS = 1000;

export function counterView(app) {
  const sum = h("strong", { class: "sum" });
  const amount = h("span", { class: "muted" });
  const held = heldBack();
  const review = action(t("menu.review"), "primary", () => app.go({ name: "review" }));
  const list = h("ul", { class: "card dishes" });
  const title = h("h2", { tabindex: -1 }, t("counter.chosen"));
  const dishes = h("section", { class: "menu-section" }, title, list);

  function drawSum() {
    setText(sum, count() ? totalMoney(total()) : "");
    setText(amount, count() ? t("menu.dishes", { count: count() }) : t("menu.nothing_yet"));
    review.disabled = count() === 0;
    held.draw();
  }

  function draw() {
    dishes.hidden = count() === 0;
    drawSum();
    if (dishes.hidden) return;
    const focused = document.activeElement;
    list.replaceChildren(
      ...chosen().map((line) => lineRow(line, (isAnother) => (isAnother ? draw() : drawSum()))),
    );
    // Else the focus would be lost to the top of the page.
    if (!focused.isConnected) title.focus({ preventScroll: true });
  }

  draw();
  const hasShop = Boolean(currentStore());
  return layout({
    app,
    title: t("counter.title"),
    back: hasShop && (() => app.go({ name: "menu" })),
    body: [
      h("p", { class: "intro" }, t("counter.intro")),
      held.element,
      !hasShop && lastOrder(app),
      dishForm(draw),
      dishes,
    ].filter(Boolean),
    actions: [h("div", { class: "bar-text", role: "status" }, sum, amount), review],
  });
}

/** One dish: its name, how many, what it costs. */
function dishForm(onAdded) {
  let told = { typed: "", at: 0 };
  let pause = 0;
  let isAdding = false;
  const explanation = h("p", { class: "explanation", role: "status" });
  const message = h("p", { class: "unseen", role: "status" });
  const { element, input, close } = combobox({
    id: "dish-name",
    label: t("counter.name"),
    hint: t("counter.name_hint"),
    longest: LONGEST_NAME,
    suggest,
    draw: suggestion,
    onInput,
    onPick: ({ name }) => {
      input.value = name.original;
      explain({ isFinished: true });
    },
  });
  input.value = draft;
  input.addEventListener("blur", onPause);
  let quantity = 1;
  const amount = stepper({
    name: t("counter.count"),
    labels: { less: t("counter.one_less"), more: t("counter.one_more") },
    least: 1,
    read: () => quantity,
    less: () => (quantity -= 1),
    more: () => (quantity += 1),
  });
  const price = priceField("dish-price");

  function onInput() {
    setText(message, "");
    explain({ isFinished: false });
    onPause();
  }

  /** Not at once: what a tap elsewhere is meant for must not move under it. */
  function onPause() {
    clearTimeout(pause);
    pause = setTimeout(() => input.value.trim() && explain({ isFinished: true }), PAUSE_MS);
  }

  /** What is typed so far need not be a name yet: only then that it is unknown is told. */
  async function explain({ isFinished }) {
    const typed = input.value.trim();
    draft = typed;
    if (!typed) return tell("", "");
    const dish = await identify(typed);
    if (typed !== input.value.trim()) return;
    if (isFinished || !isUnclear(dish)) tell(typed, whatItIs(dish, typed));
    else if (told.typed !== typed) tell("", "");
  }

  function tell(typed, words) {
    if (typed !== told.typed) told = { typed, at: Date.now() };
    setText(explanation, words);
  }

  async function submit(event) {
    event.preventDefault();
    if (isAdding) return;
    isAdding = true;
    await addTyped();
    isAdding = false;
  }

  async function addTyped() {
    clearTimeout(pause);
    const typed = input.value.trim();
    const refusal = !typed ? t("counter.nameless") : chosen().length >= MOST_LINES && full();
    if (refusal) {
      tell("", refusal);
      return input.focus();
    }
    if (!price.isValid()) return price.focus();
    const dish = await identify(typed);
    // What nobody knows in Chinese is not added before the traveller has been told.
    const isTold = told.typed === typed && Date.now() - told.at > READ_MS;
    if (dish.knowledge === "words" && !isTold) return tell(typed, whatItIs(dish, typed));
    add(typedLine({ ...dish, price: price.value, quantity }));
    close();
    input.value = "";
    draft = "";
    quantity = 1;
    amount.draw();
    price.clear();
    tell("", "");
    setText(message, t("counter.added", { dish: dish.name.translated ?? dish.name.original }));
    onAdded();
    input.focus();
  }

  if (draft) explain({ isFinished: true });
  return h(
    "form",
    { class: "card dish-form", onsubmit: submit, novalidate: true },
    element,
    explanation,
    h(
      "div",
      { class: "before-row" },
      h("div", { class: "labelled" }, h("span", { "aria-hidden": "true" }, t("counter.count")), amount.element),
      price.element,
    ),
    h("button", { type: "submit", class: "action secondary add" }, icon("plus"), t("counter.add")),
    action(t("counter.paste"), "quiet", () => openPaste(onAdded)),
    message,
  );
}

const full = () => t("counter.full", { most: MOST_LINES });

/** In the traveller's words, and as it will stand on the order. */
function suggestion({ name }) {
  const isOwn = currentLanguage() === "zh-TW" || !name.translated;
  return [
    h("span", {}, isOwn ? name.original : name.translated),
    !isOwn && chinese("span", { class: "original" }, name.original),
  ].filter(Boolean);
}

async function openPaste(onAdded) {
  const { pasteList } = await import("./later.js");
  pasteList(onAdded);
}
