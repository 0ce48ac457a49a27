/** What every view has: a header, its contents, and the actions at the thumb. */
import { h, icon } from "./dom.js";
import { languagePicker, t } from "./i18n.js";

const MOST_FOR_BARS = 0.4;
const SETTLE_MS = 500;
let settling = 0;

/** What has just come under the finger takes no taps yet: they were meant for what was there. */
export function settle() {
  const { classList } = document.documentElement;
  classList.add("is-settling");
  clearTimeout(settling);
  settling = setTimeout(() => classList.remove("is-settling"), SETTLE_MS);
}

/** `{title, back?, account?, body, actions}` → the page's children. */
export function layout({ app, title, back, body, actions = [] }) {
  const heading = h("h1", { tabindex: -1 }, title);
  const header = h(
    "header",
    { class: "top" },
    back
      ? h(
          "button",
          { type: "button", class: "icon-button", "aria-label": t("back"), onclick: back },
          icon("back"),
        )
      : h("span", { class: "mark" }, icon("bubble")),
    heading,
    languagePicker(app.changeLanguage),
    accountButton(app),
  );
  const main = h("main", { id: "main" }, body);
  const bar = actions.length > 0 && h("div", { class: "bar" }, actions);
  return { heading, header, main, bar };
}

/** Bars that take too much of the screen scroll away with the rest (see `.is-cramped`). */
export function watchBars(...bars) {
  const fit = () => {
    const height = bars.reduce((sum, bar) => sum + (bar?.offsetHeight ?? 0), 0);
    document.documentElement.classList.toggle("is-cramped", height > innerHeight * MOST_FOR_BARS);
  };
  const observer = new ResizeObserver(fit);
  for (const bar of bars) if (bar) observer.observe(bar);
  addEventListener("resize", fit);
  return () => {
    observer.disconnect();
    removeEventListener("resize", fit);
  };
}

function accountButton({ identity, go }) {
  if (identity.kind === "user") {
    return h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": t("history.title"),
        onclick: () => go({ name: "history" }),
      },
      icon("clock"),
    );
  }
  if (!identity.signIn) return null;
  return h(
    "button",
    {
      type: "button",
      class: "icon-button worded",
      "aria-label": t("sign_in"),
      onclick: identity.signIn,
    },
    icon("user"),
    t("sign_in_word"),
  );
}

export const action = (text, kind, onclick, ...extra) =>
  h("button", { type: "button", class: `action ${kind}`, onclick }, text, ...extra);

/** A message with a heading, in place of what was asked for. */
export const notice = (shape, title, ...paragraphs) =>
  h(
    "section",
    { class: "card notice" },
    icon(shape),
    h("h2", {}, title),
    paragraphs.filter(Boolean).map((text) => h("p", {}, text)),
  );
