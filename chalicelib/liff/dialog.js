/** A dialog over the page, with a heading and a way out; Escape closes it, too. */
import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

/** Opens it; `{element, body, close()}`. Afterwards the focus is where it was. */
export function openDialog(title, ...contents) {
  const before = document.activeElement;
  const body = h("div", { class: "sheet-body" }, contents);
  const heading = h("h2", { id: "dialog-title", tabindex: -1 }, title);
  const element = h(
    "dialog",
    { class: "sheet", "aria-labelledby": heading.id },
    h(
      "div",
      { class: "sheet-top" },
      heading,
      h(
        "button",
        { type: "button", class: "icon-button", "aria-label": t("options.close"), onclick: close },
        icon("close"),
      ),
    ),
    body,
  );

  function close() {
    element.close();
  }

  element.addEventListener("close", () => {
    element.remove();
    if (before?.isConnected) before.focus();
  });
  document.body.append(element);
  element.showModal();
  return { element, heading, body, close };
}
