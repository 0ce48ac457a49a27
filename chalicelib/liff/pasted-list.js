/**
 * Lines of a menu as dishes to confirm: what a traveller copied from a photo, a translator, a
 * paper menu's text.
 *
 *     牛肉麵 120          →  牛肉麵, 1, NT$120
 *     珍奶 x2 55元        →  珍奶, 2, NT$55 each
 *     2. 蚵仔煎……$75      →  蚵仔煎, 1, NT$75
 *     清蒸鱸魚 時價       →  清蒸鱸魚, 1, price not known
 *
 * The name stays as it was written. What a line says in two ways (大120 小100) stays in the name.
 */

/** The API's limits: dishes of an order, of one of them, characters of a name, and its price. */
export const MOST_DISHES = 50;
export const MOST_OF_ONE = 99;
export const LONGEST_NAME = 100;
const MOST_TWD = 1_000_000;

const DIGIT = "[0-9０-９]";
const NUMBER = `${DIGIT}{1,3}(?:[,，]${DIGIT}{3})+|${DIGIT}{1,7}(?:[.．][05５０])?`;
const LIST_MARK = new RegExp(
  `^(?:[-–—*•·・●○■□◆▪►▶※✓√]+\\s*|[(（]?${DIGIT}{1,2}[.、．)）](?!${DIGIT})\\s*|[①-⑳]\\s*)`,
);
const COUNT_BEHIND = new RegExp(`\\s*[x×X✕ｘＸ*＊]\\s*(${DIGIT}{1,2})$`);
const COUNT_BEFORE = new RegExp(`^(${DIGIT}{1,2})\\s*[x×X✕ｘＸ*＊]\\s*(?=\\S)`);
const LEADER = "[\\s.…·‧．・_＿:：\\-–—~～]";
const MONEY = "(?:NT\\$?|NTD|TWD|[$＄])";
const MARKED_PRICE = new RegExp(
  `${LEADER}*(?:${MONEY}\\s*(${NUMBER})\\s*(?:元|圓|塊)?|(${NUMBER})\\s*(?:元|圓|塊|NTD?|TWD))$`,
  "i",
);
const BARE_PRICE = new RegExp(`(?:${LEADER}+|(?<=[^\\s0-9０-９A-Za-z.．]))(${DIGIT}{1,3}[,，]${DIGIT}{3}|${DIGIT}{2,4}(?:[.．][5５])?)$`);
const UNKNOWN_PRICE = new RegExp(`${LEADER}*[(（]?(?:時價|时价|價格另計|另計|洽詢)[)）]?$`);
const IS_PRICE = new RegExp(`^${MONEY}?\\s*(?:${NUMBER})\\s*(?:元|圓|塊|NTD?|TWD)?$`, "i");
/** 大120 小, 120/: another price before the last. */
const HAS_ANOTHER = new RegExp(`${DIGIT}{2,4}(?:元|圓|塊)?\\s*(?:[/／、,，]|\\s|$)`);

/** `{dishes: [{name, quantity, price}], left}`: `left` lines were more than an order takes. */
export function parseList(text) {
  const dishes = [];
  for (const line of text.split(/\r\n|[\r\n\u2028\u2029]/)) {
    const plain = line.trim();
    const last = dishes.at(-1);
    if (IS_PRICE.test(plain)) {
      // A photo's text has the prices in a column, or a line, of their own.
      if (last && last.price === null) last.price = amountOf(plain.match(NUMBER)[0]);
      continue;
    }
    const dish = parseLine(plain);
    if (dish) dishes.push(dish);
  }
  return { dishes: dishes.slice(0, MOST_DISHES), left: Math.max(0, dishes.length - MOST_DISHES) };
}

/** One line as a dish; null for one without a name. */
export function parseLine(line) {
  let rest = line.trim().replace(LIST_MARK, "");
  let quantity = 1;
  let price = null;
  const count = (pattern) => {
    const found = rest.match(pattern);
    if (!found || !inRange(number(found[1]), 1, MOST_OF_ONE)) return false;
    quantity = number(found[1]);
    rest = rest.replace(pattern, "").trim();
    return true;
  };
  const isCounted = count(COUNT_BEFORE) || count(COUNT_BEHIND);
  const priced = rest.match(MARKED_PRICE) ?? rest.match(BARE_PRICE);
  if (UNKNOWN_PRICE.test(rest)) rest = rest.replace(UNKNOWN_PRICE, "");
  else if (priced) {
    const name = rest.slice(0, priced.index);
    const amount = amountOf(priced[1] ?? priced[2]);
    if (amount !== null && !HAS_ANOTHER.test(name.trim())) {
      price = amount;
      rest = name;
    }
  }
  rest = rest.trim();
  if (!isCounted) count(COUNT_BEHIND);
  const name = [...rest].slice(0, LONGEST_NAME).join("").trim();
  return /[\p{L}\p{N}]/u.test(name) ? { name, quantity, price } : null;
}

/** TWD, or null for what is no price: a multiple of 0.5 from 0.5 on. */
function amountOf(text) {
  const amount = number(text);
  return amount > 0 && amount <= MOST_TWD && (amount * 2) % 1 === 0 ? amount : null;
}

const number = (text) => Number(text.normalize("NFKC").replaceAll(",", ""));

const inRange = (value, least, most) => value >= least && value <= most;
