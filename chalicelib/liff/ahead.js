/**
 * The voice of an order that is looked over is prepared meanwhile: at once, and again when the order
 * has changed and rests. Nobody waits for it, and what goes wrong with it is told to nobody: the
 * voice is then made when the order is confirmed.
 */
import { apiUrl, speaksAhead } from "./config.js";
import { OrderError, prepareVoice } from "./order-client.js";

const REST_MS = 1_500;

export function ahead({ idToken }) {
  let asked = "";
  let timer = null;

  async function ask(order) {
    asked = JSON.stringify(order);
    try {
      await prepareVoice(order, { apiUrl, idToken });
    } catch (error) {
      if (!(error instanceof OrderError)) throw error;
    }
  }

  return {
    /** The order as it is now. */
    prepare(order) {
      if (!speaksAhead) return;
      clearTimeout(timer);
      if (!order.items.length || JSON.stringify(order) === asked) return;
      if (asked) timer = setTimeout(ask, REST_MS, order);
      else ask(order);
    },
    stop: () => clearTimeout(timer),
  };
}
