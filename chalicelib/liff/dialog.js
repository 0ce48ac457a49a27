/**
 * A dialog over the page, with a heading and a way out; Escape and a tap beside it close it, too, and
 * so does a phone's back button: an open dialog has an entry of its own in the browser's history.
 */
import { h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { settle } from "./layout.js";

/** Whether the entry of the dialog that was last open is still to be left. */
let hasEntry = false;
/** Whether the browser is about to leave it: it does so later than it is told to. */
let isLeaving = false;

/** To be asked whenever the history has moved: whether it was a dialog's entry that was left. */
export function hasLeftDialog() {
  if (!hasEntry) return false;
  const open = document.querySelector("dialog.sheet[open]");
  // Opened since the last one was closed.
  hasEntry = isLeaving && open !== null;
  isLeaving = false;
  if (hasEntry) history.pushState(null, "");
  else open?.close();
  return true;
}

/** Opens it; `{element, heading, body, close()}`. Afterwards the focus is where it was. */
export function openDialog(title, ...contents) {
  const before = document.activeElement;
  const body = h("div", { class: "sheet-body" }, ...contents);
  const heading = h("h2", { id: "dialog-title", tabindex: -1 }, title);
  const close = () => element.close();
  const element = h(
    "dialog",
    {
      class: "sheet",
      "aria-labelledby": heading.id,
      onclick: ({ target }) => target === element && close(),
      onclose() {
        element.remove();
        settle();
        if (hasEntry && !isLeaving) {
          isLeaving = true;
          history.back();
        }
        if (before?.isConnected) before.focus();
      },
    },
    h(
      "div",
      { class: "sheet-top" },
      h("div", {}, heading),
      h(
        "button",
        { type: "button", class: "icon-button", "aria-label": t("options.close"), onclick: close },
        icon("close"),
      ),
    ),
    body,
  );
  document.body.append(element);
  element.showModal();
  if (!isLeaving) history.pushState(null, "");
  hasEntry = true;
  settle();
  return { element, heading, body, close };
}
