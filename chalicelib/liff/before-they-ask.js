/** The one step between the dishes and Confirm: what the staff will ask. All of it may be skipped. */
import {
  LONGEST_NOTE,
  LONGEST_TABLE,
  MOST_PEOPLE,
  NEEDS,
  idsOf,
  isRemembered,
  said,
  say,
} from "./before.js";
import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { text, t } from "./i18n.js";
import { action } from "./layout.js";
import { needsList } from "./needs-list.js";
import { pictogram } from "./pictograms.js";
import { stepper } from "./stepper.js";

const TITLES = { allergies: "before.allergies", diets: "before.diets" };

/** `{step, reminder}`: the step, and the needs that will be said, to stand above the dishes. */
export function beforeTheyAsk(onChange) {
  const reminder = h("section", { class: "card reminder", "aria-label": t("before.needs") });
  const needs = needsFold(changed);

  function changed() {
    drawReminder();
    onChange();
  }

  /** What an earlier order said of needs is never said again unseen. */
  function drawReminder() {
    const list = needsList({ allergies: said("allergies"), diets: said("diets") }, "");
    reminder.hidden = !list;
    if (!list) return;
    reminder.replaceChildren(
      h("p", {}, t(isRemembered() ? "before.remembered" : "before.will_say")),
      list,
      action(t("before.clear"), "quiet", clear),
    );
  }

  function clear() {
    for (const field of NEEDS) say(field, []);
    needs.draw();
    changed();
    needs.summary.focus();
  }

  drawReminder();
  const step = h(
    "section",
    { class: "card before", "aria-labelledby": "before-title" },
    h("h2", { id: "before-title" }, t("before.title")),
    h("p", { class: "muted" }, t("before.skip")),
    dining(onChange),
    h("div", { class: "before-row" }, people(onChange), table(onChange)),
    needs.element,
    note(onChange),
  );
  return { step, reminder };
}

function dining(onChange) {
  const chips = idsOf("dining").map((id) => {
    const chip = pressed(text(`dining.${id}`), () => {
      say("dining", said("dining") === id ? null : id);
      draw();
      onChange();
    });
    return { id, chip };
  });
  const draw = () => {
    for (const { id, chip } of chips) chip.setAttribute("aria-pressed", said("dining") === id);
  };
  draw();
  const shown = chips.map(({ chip }) => chip);
  return h("div", { class: "dining", role: "group", "aria-label": t("before.dining") }, shown);
}

function people(onChange) {
  const count = () => said("people") ?? 0;
  const change = (step) => () => {
    say("people", Math.min(count() + step, MOST_PEOPLE) || null);
    onChange();
  };
  const { element } = stepper({
    name: t("before.people"),
    labels: { less: t("before.fewer"), more: t("before.more") },
    read: count,
    less: change(-1),
    more: change(1),
  });
  return h("div", { class: "labelled" }, h("span", { "aria-hidden": "true" }, t("before.people")), element);
}

const table = (onChange) =>
  h(
    "label",
    { class: "labelled" },
    h("span", {}, t("before.table")),
    h("input", {
      class: "field",
      type: "text",
      maxlength: LONGEST_TABLE,
      autocomplete: "off",
      value: said("table"),
      oninput: ({ target }) => {
        say("table", target.value.trim());
        onChange();
      },
    }),
  );

function note(onChange) {
  const field = h("textarea", {
    class: "field",
    id: "before-note",
    rows: 2,
    maxlength: LONGEST_NOTE,
    "aria-describedby": "before-note-hint",
    oninput: () => {
      say("note", field.value.trim());
      onChange();
    },
  });
  field.value = said("note") ?? "";
  return h(
    "div",
    { class: "labelled" },
    h("label", { for: "before-note" }, t("before.note")),
    field,
    h("p", { class: "muted", id: "before-note-hint" }, t("counter.note_hint")),
  );
}

/** The needs by themselves, before any dish is chosen; `onClosed` is called when they have been said. */
export function askNeeds(onClosed) {
  const dialog = openDialog(t("before.needs"), h("div", { class: "needs-fold" }, needsChips(() => {}).parts));
  dialog.element.addEventListener("close", onClosed);
}

/** Open where there is something in it. */
function needsFold(onChange) {
  const { parts, draw } = needsChips(onChange);
  const summary = h("summary", {}, t("before.needs"));
  const element = h("details", { class: "needs-fold" }, summary, parts);
  element.open = NEEDS.some((field) => said(field).length > 0);
  return { element, summary, draw };
}

function needsChips(onChange) {
  const chips = [];
  const group = (field) =>
    h(
      "fieldset",
      {},
      h("legend", {}, t(TITLES[field])),
      h("div", { class: "chips" }, idsOf(field).map((id) => chip(field, id))),
    );

  function chip(field, id) {
    const element = pressed(
      text(`${field}.${id}`),
      () => {
        const ids = said(field);
        say(field, ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id]);
        draw();
        onChange();
      },
      pictogram(id),
    );
    chips.push({ field, id, element });
    return element;
  }

  function draw() {
    for (const { field, id, element } of chips) {
      element.setAttribute("aria-pressed", said(field).includes(id));
    }
  }

  const parts = [...NEEDS.map(group), h("p", { class: "disclaimer" }, t("before.disclaimer"))];
  draw();
  return { parts, draw };
}

const pressed = (words, onclick, ...before) =>
  h("button", { type: "button", class: "chip", onclick }, ...before, words);
