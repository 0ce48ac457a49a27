/** At any counter: dishes of a menu that the software has never seen, typed or pasted. */
import { LONGEST_NAME, MOST_LINES, MOST_OF_ONE, add, chosen, count, total, typedLine } from "./cart.js";
import { combobox } from "./combobox.js";
import { chinese, h, icon, setText } from "./dom.js";
import { identify, isUnclear, readTyped, suggest, whatItIs } from "./finding.js";
import { heldBack } from "./held-back.js";
import { currentLanguage, t, totalMoney } from "./i18n.js";
import { lastOrder } from "./last-order.js";
import { action, layout, settle } from "./layout.js";
import { lineRow } from "./line-row.js";
import { needsButton } from "./needs-button.js";
import { priceField } from "./price-field.js";
import { currentStore } from "./router.js";
import { stepper } from "./stepper.js";
import { forget, recall, remember } from "./storage.js";

/** What is typed and not added yet outlives a change of language, a look at the order, a reload. */
const DRAFT = "draft";
const DRAFT_KEPT_MS = 6 * 3600 * 1000;
/** Of a text that says nothing of count and price. */
const NOTHING = { quantity: null, price: null };
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
      needsButton(draw),
    ].filter(Boolean),
    actions: [h("div", { class: "bar-text", role: "status" }, sum, amount), review],
  });
}

/** One dish: its name, how many, what it costs. */
function dishForm(onAdded) {
  /** What the traveller has been told of: the text, and the dish that it is. */
  let told = { typed: "", dish: null };
  /** What the boxes have of a text. */
  let taken = { typed: "", ...NOTHING };
  /** The boxes when the text was last changed: what the traveller has changed there since stays. */
  let before = { quantity: 1, price: null };
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

  async function choose({ name }) {
    const typed = input.value.trim();
    const isTaken = typed === taken.typed;
    leaveName(name.original);
    noteBoxes();
    explain({ isFinished: true });
    // 2 beef noodles: how many was typed with the words that the name stands for.
    if (!isTaken) put(await readTyped(typed));
  }

  const noteBoxes = () => (before = { quantity, price: price.value });

  /** Count and price into their boxes, where they can be seen and changed. */
  function takeOver(line, typed) {
    if (typed === taken.typed) return;
    put(line);
    taken = { ...line, typed };
  }

  function put(line) {
    if (quantity === before.quantity) {
      // What the text said before, and says no more.
      quantity = line.quantity ?? (quantity === taken.quantity ? 1 : quantity);
      amount.draw();
    }
    if (price.value !== before.price) return;
    if (line.price) price.fill(line.price);
    else if (taken.price && taken.price === price.value) price.fill(null);
  }

  /** Of what has been taken over only the name is left. */
  function leaveName(name) {
    input.value = name;
    remember(DRAFT, name);
    taken = { typed: name, ...NOTHING };
  }

  function onInput() {
    setText(message, "");
    noteBoxes();
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
    const line = await readTyped(typed);
    const dish = await identify(line.name);
    if (typed !== input.value.trim()) return;
    if (!isFinished && isUnclear(dish)) return told.typed === typed || tell("");
    if (!isFinished || line.isWrong) return explainDish(typed, line, dish);
    takeOver(line, typed);
    // Nothing is changed under who is typing.
    if (document.activeElement === input || line.name === typed) return explainDish(typed, line, dish);
    leaveName(line.name);
    explainDish(line.name, line, dish);
  }

  function explainDish(typed, { name, isWrong, several }, dish) {
    if (isWrong) return tell(t("counter.count_wrong", { most: MOST_OF_ONE }));
    // A live region speaks whenever it is written.
    if (told.typed === typed && told.dish.knowledge === dish.knowledge) return;
    tell(whatItIs(dish, name), { typed, dish, several });
  }

  function tell(words, about = { typed: "", dish: null }) {
    told = about;
    setText(explanation, words);
    const isDoubtful = about.several || about.dish?.knowledge === "words";
    setText(addWord, t(isDoubtful ? "counter.add_anyway" : "counter.add"));
    const { nearest } = about.dish ?? {};
    const offer = about.several ? oneByOne(about.typed) : nearest && proposal(nearest);
    meant.replaceChildren(...(offer ? [offer] : []));
  }

  /** 紅茶 一杯 奶茶 兩杯 */
  const oneByOne = (typed) =>
    chip(t("counter.several"), () =>
      openPaste(() => {
        clear();
        onAdded();
      }, typed),
    );

  /** What was a slip is never put right unasked. */
  const proposal = (dish) =>
    chip(t("counter.did_you_mean", { dish: dish.name.translated ?? dish.name.original }), () => {
      choose(dish);
      addButton.focus();
    });

  async function submit(event) {
    event.preventDefault();
    if (isAdding) return;
    isAdding = true;
    await addTyped();
    isAdding = false;
  }

  async function addTyped() {
    clearTimeout(pause);
    close();
    const typed = input.value.trim();
    const refusal = !typed ? t("counter.nameless") : chosen().length >= MOST_LINES && full();
    if (refusal) {
      tell(refusal);
      return input.focus();
    }
    if (!price.isValid()) return price.focus();
    const isTold = told.typed === typed;
    if (!isTold) tell(t("counter.looking"));
    const line = await readTyped(typed);
    const dish = await identify(line.name);
    if (line.isWrong) {
      explainDish(typed, line, dish);
      return input.focus();
    }
    const isTaken = taken.typed === typed || line.name === typed;
    if (!isTaken) {
      takeOver(line, typed);
      leaveName(line.name);
    }
    // Nothing is added that the traveller has not seen: what nobody knows in Chinese, more dishes than
    // one, how many and for how much.
    if (!isTaken || ((line.several || dish.knowledge === "words") && !isTold)) {
      settle();
      explainDish(input.value, line, dish);
      if (!isTaken) setText(explanation, `${explanation.textContent}\n${t("counter.taken")}`.trim());
      return;
    }
    add(typedLine({ ...dish, price: price.value, quantity }));
    clear();
    setText(message, t("counter.added", { dish: dish.name.translated ?? dish.name.original }));
    onAdded();
    input.focus();
  }

  function clear() {
    input.value = "";
    forget(DRAFT);
    taken = { typed: "", ...NOTHING };
    quantity = 1;
    amount.draw();
    price.fill(null);
    noteBoxes();
    tell("");
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

const chip = (text, onclick) => h("button", { type: "button", class: "chip", onclick }, text);

const full = () => t("counter.full", { most: MOST_LINES });

/** In the traveller's words, and as it will stand on the order. */
function suggestion({ name }) {
  const isOwn = currentLanguage() === "zh-TW" || !name.translated;
  return [
    h("span", {}, isOwn ? name.original : name.translated),
    !isOwn && chinese("span", { class: "original" }, name.original),
  ].filter(Boolean);
}

async function openPaste(onAdded, text) {
  const { pasteList } = await import("./later.js");
  pasteList(onAdded, text);
}
