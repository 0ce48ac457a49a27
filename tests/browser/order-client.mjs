/** The page's order-client.js, as an ES module: Node would take a .js without a package for CommonJS. */
import { readFile } from "node:fs/promises";

const source = await readFile(new URL("../../chalicelib/liff/order-client.js", import.meta.url));
export const {
  OrderError,
  eraseOrders,
  fetchOrder,
  followOrder,
  listOrders,
  newIdempotencyKey,
  prepareVoice,
  retryOrder,
  submitOrder,
} = await import(`data:text/javascript;base64,${source.toString("base64")}`);
