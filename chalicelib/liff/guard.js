/*
 * Stands in the page itself, so that it is there when a module is not (429, 5xx, no network): it
 * then offers a reload, in the traveller's language. What goes wrong later is the app's.
 */
(() => {
  const PATIENCE_MS = 30_000;

  function offerReload() {
    const boot = document.querySelector("#app p.boot");
    const offer = document.getElementById("reload");
    if (!boot || !offer) return;
    const words = Array.from(offer.querySelectorAll("p"));
    const tongue = (tag) => tag.split("-")[0].toLowerCase();
    const wanted = (navigator.languages ?? []).map((tag) =>
      words.find(({ lang }) => tongue(lang) === tongue(tag)),
    );
    const best = wanted.find(Boolean);
    for (const line of words) line.hidden = Boolean(best) && line !== best;
    offer.querySelector("button").onclick = () => location.reload();
    offer.hidden = false;
    boot.replaceWith(offer);
  }

  function onError({ target }) {
    // LINE's SDK may fail to load: the app goes on without it.
    if (target === window || target.type === "module") offerReload();
  }

  addEventListener("error", onError, true);
  addEventListener("unhandledrejection", offerReload);
  setTimeout(offerReload, PATIENCE_MS);
})();
