/** What the server tells the page, in one `<meta name="order-voice">`. */
const { dataset } = document.querySelector('meta[name="order-voice"]');

/** Empty where the page is not a LIFF app. */
export const liffId = dataset.liffId;

/** The local LINE stand-in's address, empty where there is none. */
export const standinUrl = dataset.standinUrl;

/** Ends in "/"; the page itself has no slash at its end, so this is a sibling. */
export const apiUrl = new URL("api/", document.baseURI);
