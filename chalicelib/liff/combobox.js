/**
 * A text field that suggests (ARIA combobox with a listbox): arrow keys or a tap choose, Escape
 * closes, and what is typed stays what it is unless something is chosen.
 */
import { h, setText } from "./dom.js";
import { t } from "./i18n.js";
import { settle } from "./layout.js";

/** What a tap elsewhere is meant for must not move under it. */
const PAUSE_MS = 600;

/**
 * `{element, input, close()}`. `suggest(text)` resolves to the options, `draw(option)` gives an
 * option's children, `onInput(text)` hears what is typed, `onPick(option)` what is chosen.
 */
export function combobox({ id, label, hint, longest, suggest, draw, onInput, onPick }) {
  let options = [];
  let active = -1;
  let asked = 0;

  const status = h("p", { class: "unseen", role: "status" });
  const list = h("ul", { id: `${id}-list`, class: "suggestions", role: "listbox", "aria-label": t("counter.suggestions") });
  const input = h("input", {
    id,
    class: "field",
    type: "text",
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
    "aria-describedby": `${id}-hint`,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    enterkeyhint: "done",
    maxlength: longest,
    oninput: () => typed(),
    onkeydown: onKey,
    onblur: () => setTimeout(leave, PAUSE_MS),
  });
  const element = h(
    "div",
    { class: "combobox" },
    h("label", { for: id }, label),
    h("p", { id: `${id}-hint`, class: "muted" }, hint),
    h("div", { class: "combobox-field" }, input, list),
    status,
  );
  list.hidden = true;

  async function typed() {
    onInput(input.value);
    const wanted = (asked += 1);
    const found = await suggest(input.value);
    if (wanted === asked && document.activeElement === input) open(found);
  }

  function open(found) {
    options = found;
    list.replaceChildren(...options.map(row));
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    activate(-1);
    setText(status, options.length > 0 ? t("counter.found", { count: options.length }) : "");
  }

  function close() {
    asked += 1;
    open([]);
  }

  function leave() {
    if (document.activeElement === input || list.hidden) return;
    settle();
    close();
  }

  const row = (option, at) =>
    h(
      "li",
      {
        id: `${id}-${at}`,
        role: "option",
        "aria-selected": "false",
        // The field keeps the focus, and so its list.
        onpointerdown: (event) => event.preventDefault(),
        onmousedown: (event) => event.preventDefault(),
        onclick: () => pick(option),
      },
      draw(option),
    );

  function activate(at) {
    active = at;
    Array.from(list.children).forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  }

  function pick(option) {
    close();
    onPick(option);
  }

  function onKey(event) {
    // Enter and arrows belong to the input method while it composes.
    if (event.isComposing || list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) activate(stepped(active, step, options.length));
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active >= 0) pick(options[active]);
    else return;
    event.preventDefault();
  }

  return { element, input, close };
}

/** Round and round, by way of the field itself (-1). */
const stepped = (at, step, length) => ((at + 1 + step + length + 1) % (length + 1)) - 1;
