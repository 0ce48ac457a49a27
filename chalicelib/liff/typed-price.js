/** A typed price in TWD: null for none, undefined for what is no price (a multiple of 0.5). */
const MOST_TWD = 1_000_000;

export function typedPrice(text) {
  const bare = text.normalize("NFKC").replace(/NT\$?|[$元圓塊,\s]/giu, "");
  if (!bare) return null;
  if (!/^\d{1,7}(\.\d+)?$/.test(bare)) return undefined;
  const amount = Number(bare);
  return amount > 0 && amount <= MOST_TWD && (amount * 2) % 1 === 0 ? amount : undefined;
}
