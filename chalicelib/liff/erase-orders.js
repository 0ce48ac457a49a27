/**
 * A signed-in user's wish to have their orders erased: a button, what it will do, and doing it. Its
 * texts (`erase-<language>.json`) are fetched when the button is to be seen: few ever need them.
 */
import { apiUrl } from "./config.js";
import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { currentLanguage, t } from "./i18n.js";
import { action } from "./layout.js";
import { eraseOrders } from "./order-client.js";
import { forget } from "./storage.js";

/** The button, once its texts are there. Rejects where they cannot be had. */
export async function eraseButton(app) {
  const response = await fetch(new URL(`./erase-${currentLanguage()}.json`, import.meta.url));
  if (!response.ok) throw new Error(`no texts: ${response.status}`);
  const said = await response.json();
  return action(said.open, "quiet", () => ask(said, app));
}

function ask(said, app) {
  const paragraph = (text) => h("p", {}, text);
  const message = h("p", { role: "status" });
  const controller = new AbortController();
  const confirm = action(said.confirm, "primary", erase);
  const cancel = action(said.cancel, "secondary", () => dialog.close());
  const dialog = openDialog(
    said.title,
    paragraph(said.goes),
    paragraph(said.under_way),
    h("p", { class: "muted" }, said.stays),
    message,
    confirm,
    cancel,
  );
  dialog.element.addEventListener("close", () => controller.abort());
  cancel.focus();

  async function erase() {
    confirm.disabled = true;
    message.textContent = said.doing;
    const { signal } = controller;
    try {
      const { under_way } = await eraseOrders({ apiUrl, idToken: app.identity.idToken, signal });
      forget("last-order");
      tellDone(under_way);
    } catch (error) {
      if (signal.aborted) return app.redraw();
      if (error.status === 401) return leave(() => app.expire());
      message.textContent = said.trouble;
      confirm.disabled = false;
    }
  }

  function tellDone(under_way) {
    dialog.element.addEventListener("close", () => app.redraw());
    const close = action(t("options.close"), "primary", () => dialog.close());
    message.textContent = said.done;
    dialog.body.replaceChildren(message, ...(under_way ? [paragraph(said.under_way)] : []), close);
    close.focus();
  }

  function leave(then) {
    dialog.element.addEventListener("close", then);
    dialog.close();
  }
}
