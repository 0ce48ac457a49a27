/**
 * The page's address says what it shows, so that a reload, the back button and the link in the
 * LINE message (`?order_id=…`) all find it again.
 */
const HASHES = { review: "#review", history: "#orders" };

/** `{name, orderId?}`: menu, review, history or order. */
export function currentRoute() {
  const orderId = new URLSearchParams(location.search).get("order_id");
  if (orderId) return { name: "order", orderId };
  const found = Object.entries(HASHES).find(([, hash]) => hash === location.hash);
  return { name: found?.[0] ?? "menu" };
}

export function address({ name, orderId }) {
  const query = orderId ? `?${new URLSearchParams({ order_id: orderId })}` : "";
  return `${location.pathname}${query}${HASHES[name] ?? ""}`;
}

/** Write the address; what is shown is the caller's. */
export function writeAddress(route, { replace = false } = {}) {
  const target = address(route);
  if (target === location.pathname + location.search + location.hash) return;
  history[replace ? "replaceState" : "pushState"](null, "", target);
}
