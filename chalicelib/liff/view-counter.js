/** At any counter: dishes of a menu that the software has never seen, typed or pasted. */
import { MOST_LINES, add, chosen, count, total, typedLine } from "./cart.js";
import { combobox } from "./combobox.js";
import { chinese, h, icon, setText } from "./dom.js";
import { identify, isUnclear, suggest, whatItIs } from "./finding.js";
import { heldBack } from "./held-back.js";
import { currentLanguage, t, totalMoney } from "./i18n.js";
import { lastOrder } from "./last-order.js";
import { action, layout, settle } from "./layout.js";
import { lineRow } from "./line-row.js";
import { priceField } from "./price-field.js";
import { currentStore } from "./router.js";
import { stepper } from "./stepper.js";
import { forget, recall, remember } from "./storage.js";

/** The API's limit. */
const LONGEST_NAME = 100;
/** What is typed and not added yet outlives a change of language, a look at the order, a reload. */
const DRAFT = "draft";
const DRAFT_KEPT_MS = 6 * 3600 * 1000;
/** So long who types is not told that what they have typed is unknown. */
const PAUSE_MS = 600;

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
  /** What the traveller has been told of: the text, and the dish that it is. */
  let told = { typed: "", dish: null };
  let pause = 0;
  let isAdding = false;
  const explanation = h("p", { class: "explanation", role: "status" });
  const meant = h("div", { class: "meant", role: "status" });
  const message = h("p", { class: "unseen", role: "status" });
  const addWord = h("span", {});
  const addButton = h("button", { type: "submit", class: "action secondary add" }, icon("plus"), addWord);
  const { element, input, close } = combobox({
    id: "dish-name",
    label: t("counter.name"),
    hint: t("counter.name_hint"),
    longest: LONGEST_NAME,
    suggest,
    draw: suggestion,
    onInput,
    onPick: choose,
  });
  input.value = recall(DRAFT, DRAFT_KEPT_MS) ?? "";
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

  function choose({ name }) {
    input.value = name.original;
    explain({ isFinished: true });
  }

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
    if (typed) remember(DRAFT, typed);
    else forget(DRAFT);
    if (!typed) return tell("");
    const dish = await identify(typed);
    if (typed !== input.value.trim()) return;
    if (isFinished || !isUnclear(dish)) explainDish(typed, dish);
    else if (told.typed !== typed) tell("");
  }

  function explainDish(typed, dish) {
    // A live region speaks whenever it is written.
    if (told.typed === typed && told.dish.knowledge === dish.knowledge) return;
    tell(whatItIs(dish, typed), { typed, dish });
  }

  function tell(words, about = { typed: "", dish: null }) {
    told = about;
    setText(explanation, words);
    setText(addWord, t(about.dish?.knowledge === "words" ? "counter.add_anyway" : "counter.add"));
    const { nearest } = about.dish ?? {};
    meant.replaceChildren(...(nearest ? [proposal(nearest)] : []));
  }

  /** What was a slip is never put right unasked. */
  const proposal = (dish) =>
    h(
      "button",
      {
        type: "button",
        class: "chip",
        onclick() {
          choose(dish);
          addButton.focus();
        },
      },
      t("counter.did_you_mean", { dish: dish.name.translated ?? dish.name.original }),
    );

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
      tell(refusal);
      return input.focus();
    }
    if (!price.isValid()) return price.focus();
    const isTold = told.typed === typed;
    if (!isTold) tell(t("counter.looking"));
    const dish = await identify(typed);
    // What nobody knows in Chinese is not added before the traveller has been told.
    if (dish.knowledge === "words" && !isTold) {
      settle();
      return explainDish(typed, dish);
    }
    add(typedLine({ ...dish, price: price.value, quantity }));
    close();
    input.value = "";
    forget(DRAFT);
    quantity = 1;
    amount.draw();
    price.clear();
    tell("");
    setText(message, t("counter.added", { dish: dish.name.translated ?? dish.name.original }));
    onAdded();
    input.focus();
  }

  tell("");
  if (input.value) explain({ isFinished: true });
  return h(
    "form",
    { class: "card dish-form", onsubmit: submit, novalidate: true },
    element,
    meant,
    explanation,
    h(
      "div",
      { class: "before-row" },
      h("div", { class: "labelled" }, h("span", { "aria-hidden": "true" }, t("counter.count")), amount.element),
      price.element,
    ),
    addButton,
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
