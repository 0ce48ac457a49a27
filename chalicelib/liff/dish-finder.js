/** Typed texts and the dictionaries: fetched with them, after the page's first view. */
import { dictionariesFor, dictionary } from "./dictionary.js";
import { asDish, suggestions } from "./typed-dish.js";

/** What the traveller may mean (typed-dish.js), in their language. */
export const suggest = async (text, language) =>
  suggestions(text, await dictionariesFor(text, language));

/** What a typed text is as a dish (typed-dish.js). */
export const identify = async (text, language) => asDish(text, await dictionariesFor(text, language));

/** The words of a menu's lines that are no dish. */
export const menuWords = async (language) => (await dictionary(language)).lines;

/** So that it is there when it is wanted, and where there is no network any more. */
export const prefetch = (language) => dictionary(language);
