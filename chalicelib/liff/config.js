/** What the server tells the page, in one `<meta name="order-voice">`. */
const { dataset } = document.querySelector('meta[name="order-voice"]');

/** Empty where the page is not a LIFF app. */
export const liffId = dataset.liffId;

/** The local LINE stand-in's address, empty where there is none. */
export const standinUrl = dataset.standinUrl;

/** Which orders are pushed to LINE: "always", "asked" (if they say so), "never". */
export const linePush = dataset.linePush;

/** LINE's address that adds the official account as a friend, or empty. */
export const addFriendUrl = dataset.addFriend;

/** Whether voices are prepared before orders are confirmed: "on", or empty. */
export const speaksAhead = dataset.ahead;

/** Beside `liff/<version>/`, where this module is: the page's own address may end in "/" or not. */
export const apiUrl = new URL("../../api/", import.meta.url);
