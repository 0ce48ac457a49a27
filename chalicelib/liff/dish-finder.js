/**
 * Typed texts and the dictionaries: fetched with them, after the page's first view. A script of its
 * own (deploy/page.py), which imports nothing that the page has besides.
 */
import { dictionariesFor, dictionary } from "./dictionary.js";
import { readTyped } from "./pasted-list.js";
import { asDish, suggestions } from "./typed-dish.js";

export { parseList } from "./pasted-list.js";

/** What the traveller may mean (typed-dish.js), in their language, however many they want of it. */
export async function suggest(text, language) {
  const { name } = await typedLine(text, language);
  return suggestions(name, await dictionariesFor(name, language));
}

/** What a typed text says of a dish, how many and its price (pasted-list.js). */
export const typedLine = async (text, language) =>
  readTyped(text, await menuWords(language).catch(() => undefined));

/** What a typed text is as a dish (typed-dish.js). */
export const identify = async (text, language) => asDish(text, await dictionariesFor(text, language));

/** The words of a menu's lines that are no dish. */
export const menuWords = async (language) => (await dictionary(language)).lines;

/** So that it is there when it is wanted, and where there is no network any more. */
export const prefetch = (language) => dictionary(language);
