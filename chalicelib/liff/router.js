/**
 * The page's address says what it shows, so that a reload, the back button and the link in the
 * LINE message (`?order_id=…`) all find it again. The shop and the table of a code on the table
 * (`?store=…&table=…`) stay in it.
 */
const HASHES = { counter: "#counter", review: "#review", history: "#orders" };

/** LINE opens the page with what its own address had after the "?" in `liff.state`, until the LIFF
 * SDK has started. */
function parameters() {
  const found = new URLSearchParams(location.search);
  const [, ofLine] = found.get("liff.state")?.split("#")[0].split("?") ?? [];
  return ofLine === undefined ? found : new URLSearchParams(ofLine);
}

/** The shop's id, however it was typed, or null: at any counter. */
export const currentStore = () => parameters().get("store")?.toLowerCase() || null;

/** `{name, orderId?}`: menu, counter, review, history or order. Without a shop there is no menu. */
export function currentRoute() {
  const orderId = parameters().get("order_id");
  if (orderId) return { name: "order", orderId };
  const found = Object.entries(HASHES).find(([, hash]) => hash === location.hash);
  return { name: found?.[0] ?? (currentStore() ? "menu" : "counter") };
}

/** `store` is where to go from an address without a shop: LINE's message links to the order alone. */
export function address({ name, orderId, store = null }) {
  const query = new URLSearchParams(
    [
      ["store", currentStore() ?? store],
      ["table", parameters().get("table")],
    ].filter(([, value]) => value),
  );
  if (orderId) query.set("order_id", orderId);
  const hash = name === "counter" && !currentStore() ? "" : (HASHES[name] ?? "");
  return `${location.pathname}${query.size ? `?${query}` : ""}${hash}`;
}

/** Write the address; what is shown is the caller's. */
export function writeAddress(route, { replace = false } = {}) {
  const target = address(route);
  if (target === location.pathname + location.search + location.hash) return;
  history[replace ? "replaceState" : "pushState"](null, "", target);
}
