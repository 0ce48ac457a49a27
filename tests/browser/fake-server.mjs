/** The API as a function: a `fetch` that gives a test's answers and notes what it was asked. */

export const apiUrl = "https://shop.example/v1/api/";
export const ORDER = { store_name: "福氣小吃", items: [{ name: "牛肉麵", price: 180 }] };
export const ACCEPTED = { order_id: "ABC", status: "pending", processing: true, poll_after_ms: 2000 };
export const WORKING = { order_id: "ABC", status: "processing", processing: true, poll_after_ms: 2000 };
export const DONE = { order_id: "ABC", status: "completed", processing: false };

export const json = (status, body, headers = {}) => () =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
export const notModified = () => new Response(null, { status: 304 });
export const deadNetwork = () => Promise.reject(new TypeError("Failed to fetch"));

/** A fetch that hangs until it is aborted, as a dead mobile connection does. */
export const hang = (_url, { signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

/** A fetch that answers with `answers` in turn, the last one for ever. */
export function server(...answers) {
  const calls = [];
  let atOnce = 0;
  const fetch = async (url, request) => {
    const answer = answers[Math.min(calls.length, answers.length - 1)];
    const call = { url: String(url), at: Date.now(), ...request };
    calls.push(call);
    atOnce += 1;
    fetch.mostAtOnce = Math.max(fetch.mostAtOnce, atOnce);
    try {
      return await answer(url, request);
    } finally {
      atOnce -= 1;
    }
  };
  fetch.calls = calls;
  fetch.mostAtOnce = 0;
  return fetch;
}

export const gaps = ({ calls }) => calls.slice(1).map((call, i) => call.at - calls[i].at);
