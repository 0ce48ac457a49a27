/*
 * Stands in the page itself, so that it is there when a script is not (429, 5xx, no network): it
 * then loads the page once more, and if that does not help offers to, in the traveller's language.
 * What goes wrong later is the app's.
 */
(() => {
  const PATIENCE_MS = 30_000;
  const PAUSE_MS = 1000;
  const FORGET_MS = 60_000;
  const TRIED = "order-voice.tried-again";

  const boot = () => document.querySelector("#app p.boot");

  let isTrying = false;

  function tryAgain() {
    if (isTrying || !boot()) return;
    isTrying = true;
    if (hasTried()) return offerReload();
    // Not all at the same time where many were refused together.
    setTimeout(() => boot() && location.reload(), PAUSE_MS * (1 + 2 * Math.random()));
  }

  function hasTried() {
    try {
      const at = sessionStorage.getItem(TRIED);
      sessionStorage.setItem(TRIED, Date.now());
      return Date.now() - at < FORGET_MS;
    } catch {
      // Nothing can be remembered here: only the traveller knows when to stop.
      return true;
    }
  }

  function offerReload() {
    const waiting = boot();
    const offer = document.getElementById("reload");
    if (!waiting || !offer) return;
    const words = Array.from(offer.querySelectorAll("p"));
    const tongue = (tag) => tag.split("-")[0].toLowerCase();
    const wanted = (navigator.languages ?? []).map((tag) =>
      words.find(({ lang }) => tongue(lang) === tongue(tag)),
    );
    const best = wanted.find(Boolean);
    for (const line of words) line.hidden = Boolean(best) && line !== best;
    offer.querySelector("button").onclick = () => location.reload();
    offer.hidden = false;
    waiting.replaceWith(offer);
  }

  function onError({ target }) {
    // LINE's SDK may fail to load: the app goes on without it.
    if (target === window || target.type === "module") tryAgain();
  }

  addEventListener("error", onError, true);
  addEventListener("unhandledrejection", tryAgain);
  setTimeout(offerReload, PATIENCE_MS);
})();
