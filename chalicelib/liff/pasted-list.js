/**
 * Lines of a menu as dishes to confirm: what a traveller copied from a photo, a translator, a
 * paper menu's text.
 *
 *     牛肉麵 120          →  牛肉麵, 1, NT$120
 *     珍奶 x2 55元        →  珍奶, 2, NT$55 each
 *     2碗牛肉麵            →  牛肉麵, 2, price not known (line-counts.js)
 *     鍋貼 6元/個          →  鍋貼, 1, NT$6
 *     水餃 10顆 70 每顆7元  →  水餃 10顆, 1, NT$70
 *     紅茶 一杯 奶茶 兩杯   →  紅茶, 1 and 奶茶, 2
 *     2. 蚵仔煎……$75      →  蚵仔煎, 1, NT$75
 *     清蒸鱸魚 時價       →  清蒸鱸魚, 1, price not known
 *     燙青菜 40/50        →  燙青菜（小）, 1, NT$40 and 燙青菜（大）, 1, NT$50
 *     【湯品】, 加麵 +10   →  no dish: listed, and not chosen
 *
 * The name stays as it was written, but for the size that a price is of.
 */
import { lineCounts } from "./line-counts.js";
import { knownLines } from "./menu-lines.js";

/** The API's limits: dishes of an order, of one of them, characters of a name, and its price. */
export const MOST_DISHES = 50;
export const MOST_OF_ONE = 99;
export const LONGEST_NAME = 100;
const MOST_TWD = 1_000_000;
/** TWD: less behind 套餐 or No. is rather its number. */
const LEAST_BEHIND_NUMBERED = 30;

const DIGIT = "[0-9０-９]";
const NUMBER = `${DIGIT}{1,3}(?:[,，]${DIGIT}{3})+|${DIGIT}{1,7}(?:[.．][05５０])?`;
const LIST_MARK = new RegExp(
  `^(?:(?![-−]${DIGIT}+$)[-–—*•·・●○■□◆▪►▶※✓√]+\\s*|[(（]?${DIGIT}{1,2}[.、．)）](?!${DIGIT})\\s*|[①-⑳]\\s*)`,
);
const LEADER = "[\\s.…·‧．・_＿:：\\-－–—~～]";
const MONEY = "(?:(?<![A-Za-z])(?:NT\\s?[$＄]?|NTD|TWD)|[$＄¥￥])";
/** 40元, 40 NT, and as hand-written menus have it 40.- and 40/-. */
const BEHIND = "(?:元|圓|塊|NTD?|TWD|[.．/／,，][-–—－]+)";
const MARKED_PRICE = new RegExp(
  `${LEADER}*(?:${MONEY}\\s*(${NUMBER})\\s*${BEHIND}?|(${NUMBER})\\s*${BEHIND})$`,
  "i",
);
const BARE_PRICE = new RegExp(`(?:${LEADER}+|(?<=[^\\s0-9０-９A-Za-z.．]))(${DIGIT}{1,3}[,，]${DIGIT}{3}|${DIGIT}{2,4}(?:[.．][5５])?)$`);
const UNKNOWN_PRICE = new RegExp(`${LEADER}*[(（]?(?:時價|时价|價格另計|另計|洽詢)[)）]?$`);
const IS_PRICE = new RegExp(`^${MONEY}?\\s*(?:${NUMBER})\\s*${BEHIND}?$`, "i");
/** 120/, 120: another price before the last. */
const HAS_ANOTHER = new RegExp(`${DIGIT}{2,4}(?:元|圓|塊)?\\s*(?:[/／、,，]|\\s|$)`);

const ONE_OF_SEVERAL = `${MONEY}?\\s*${DIGIT}{2,4}\\s*(?:元|圓|塊)?`;
const OPTION = "[^\\s()（）/／0-9０-９]{1,4}";
const OPTIONS = `${OPTION}(?:[/／]${OPTION})+`;
/** 40/50, 40元/50元: prices of sizes; before them may stand of which, (冰/熱) or 小/中/大. */
const PRICES = new RegExp(
  `${LEADER}*(?:(?:[(（](?<bracketed>${OPTIONS})[)）]|(?<=\\s)(?<bare>${OPTIONS}))${LEADER}*)?` +
    `(?<prices>${ONE_OF_SEVERAL}(?:\\s*[/／]\\s*${ONE_OF_SEVERAL}){1,2})$`,
  "i",
);
const SIZE = "(?:[大中小][碗杯份盤]?|[LMSＬＭＳ])";
const SIZE_AND_PRICE = `[(（]?(${SIZE})[)）]?\\s*[:：]?\\s*${MONEY}?\\s*(${DIGIT}{2,4})\\s*(?:元|圓|塊)?`;
/** 大120 小100, (大) 80 (小) 65 */
const SIZES_WITH_PRICES = new RegExp(
  `(?:${LEADER}|[(（]|(?=[(（]))${LEADER}*${SIZE_AND_PRICE}(?:[\\s/／、,，]+${SIZE_AND_PRICE}){1,2}[)）]?$`,
  "i",
);
const SIZES_BY_PRICE = { 2: ["小", "大"], 3: ["小", "中", "大"] };

/**
 * `{dishes: [{name, quantity, price, isWanted}], left}`: what is no dish is among them as it was
 * written, and like the other sizes not wanted before the traveller says so; `left` that are
 * wanted were more than `most`. `words` tell what is no dish (menu-lines.js).
 */
export function parseList(text, { most = MOST_DISHES, words } = {}) {
  const { isNotice, isHeading, isAddition } = knownLines(words);
  const found = [];
  for (const line of withoutNumbers(text.split(/\r\n|[\r\n\u2028\u2029]/).map((line) => line.trim()))) {
    const last = found.at(-1);
    const lacksPrice = last?.price === null && !last.isOfShop;
    if (isNotice(line)) {
      found.push({ name: cut(line), quantity: 1, price: null, isOfShop: true });
    } else if (IS_PRICE.test(line)) {
      // A photo's text has the prices in a column, or a line, of their own.
      if (lacksPrice) last.price = amountOf(line.match(NUMBER)[0]);
    } else if (lacksPrice && line.match(PRICES)?.index === 0) {
      const sizes = inSizes(`${last.name} ${line}`) ?? [{}];
      found.splice(-1, 1, ...sizes.map((size) => ({ ...last, ...size })));
    } else {
      const isOther = isAddition(line);
      found.push(...parseLine(line, words).map((dish) => ({ line, ...(isOther && { isOther }), ...dish })));
    }
  }
  const dishes = found.map(({ line, isOfShop = false, isOther = false, ...dish }) => {
    const isTitle = dish.price === null && dish.quantity === 1 && !isOfShop && isHeading(line);
    return isTitle
      ? { ...dish, name: cut(line), isWanted: false }
      : { ...dish, isWanted: !isOfShop && !isOther };
  });
  const beyond = dishes.filter(({ isWanted }) => isWanted)[most];
  const end = beyond ? dishes.indexOf(beyond) : dishes.length;
  const left = dishes.slice(end).filter(({ isWanted }) => isWanted).length;
  return { dishes: dishes.slice(0, end), left };
}

/** 1 牛肉麵, 2 滷肉飯, 3 …: numbers that count the lines are no counts of dishes. */
function withoutNumbers(lines) {
  const ofLine = (line) => Number(line.normalize("NFKC").match(/^(\d{1,2})\s+(?=\p{L})/u)?.[1] ?? 0);
  const numbers = lines.map(ofLine).filter(Boolean);
  const areCounted = numbers.length > 1 && numbers.every((number, at) => number === at + 1);
  return areCounted ? lines.map((line) => (ofLine(line) ? line.replace(/^\S+\s+/u, "") : line)) : lines;
}

/** What one line names: a dish, several with their counts, the same in several sizes, or nothing. */
export function parseLine(line, words) {
  const parts = lineCounts(words).several(line.trim()) ?? [line];
  return parts.flatMap((part) => readLine(part, words)).map(({ quantity, isWrong, ...dish }) => ({
    ...dish,
    quantity: quantity ?? 1,
  }));
}

/**
 * What is typed as one dish, to be seen before it is added: `{name, quantity, price, isWrong, several}`,
 * null where it says nothing of them. `isWrong`: a count that no order takes, `several`: that they are
 * more dishes than one, of which nothing is taken over.
 */
export function readTyped(text, words) {
  const asTyped = { name: text.trim(), quantity: null, price: null, isWrong: false, several: 0 };
  const { length } = parseLine(text, words);
  if (length > 1) return { ...asTyped, several: length };
  const [dish = asTyped] = readLine(text, words);
  return { ...asTyped, ...dish };
}

/** `[{name, quantity, price, isWrong}]` of a line that names one dish. */
function readLine(line, words) {
  const counts = lineCounts(words);
  let rest = line.trim().replace(LIST_MARK, "");
  let quantity = null;
  let price = null;
  let isWrong = false;
  const count = (read) => {
    const found = quantity === null && read(rest);
    if (!found) return;
    if (!inRange(found.quantity, 1, MOST_OF_ONE)) return (isWrong = true);
    ({ name: rest, quantity } = found);
  };
  const cost = () => {
    const found = price === null && priceBehind(rest, counts);
    if (found) [rest, price] = [found.name, found.price];
  };
  rest = withoutPriceOfOne(rest, counts.units);
  count(counts.clear);
  const sizes = inSizes(rest);
  if (sizes) return sizes.map((size) => ({ quantity, ...size }));
  if (UNKNOWN_PRICE.test(rest)) rest = rest.replace(UNKNOWN_PRICE, "").trim();
  else cost();
  count(counts.clear);
  count(counts.bare);
  cost();
  const name = cut(rest);
  return isName(name) || isWrong ? [{ name, quantity, price, isWrong }] : [];
}

/** `{name, price}` of a name with one price behind it; null where there is none, or another before it. */
function priceBehind(text, { clear, isNumbered }) {
  const marked = text.match(MARKED_PRICE);
  const found = marked ?? text.match(BARE_PRICE);
  if (!found) return null;
  const price = amountOf(found[1] ?? found[2]);
  const name = text.slice(0, found.index).trim();
  // 7-11, No. 12
  const isPart = !marked && (!/\p{L}/u.test(name) || (price < LEAST_BEHIND_NUMBERED && isNumbered(name)));
  const hasAnother = HAS_ANOTHER.test(clear(name)?.name ?? name);
  return price === null || isPart || hasAnother ? null : { name: name.replace(/\s*[+＋]$/u, ""), price };
}

/** 70 每顆7元, 10元/碗: what one piece costs is not the price, but where it is the only one. */
function withoutPriceOfOne(text, unit) {
  const amount = `${MONEY}?\\s*(?:${NUMBER})\\s*(?:元|圓|塊)?`;
  const ofOne = new RegExp(`[\\s(（,，、]*(?:每\\s*${unit}\\s*(?<behind>${amount})|(?<before>${amount})\\s*[/／]\\s*${unit})[)）]?$`, "iu");
  const found = text.match(ofOne);
  if (!found) return text;
  const name = text.slice(0, found.index);
  if (!isName(name)) return text;
  const { behind, before } = found.groups;
  return MARKED_PRICE.test(name) || BARE_PRICE.test(name) ? name : `${name} ${behind ?? before}`;
}

/** `[{name, price, isOther}, …]` of a line with a price for each size, the cheapest first; else null. */
function inSizes(line) {
  const labelled = line.match(SIZES_WITH_PRICES);
  if (labelled) {
    const found = [...labelled[0].matchAll(new RegExp(SIZE_AND_PRICE, "gi"))];
    const [sizes, prices] = [1, 2].map((part) => found.map((one) => one[part]));
    return sized(line.slice(0, labelled.index), sizes, prices);
  }
  const { index, groups } = line.match(PRICES) ?? {};
  if (!groups) return null;
  const name = line.slice(0, index);
  const prices = groups.prices.split(/[/／]/).map((price) => price.match(NUMBER)[0]);
  const named = (groups.bracketed ?? groups.bare)?.split(/[/／]/);
  // 炒飯/麵 60/70 are two dishes, nobody knows which.
  if (named ? named.length !== prices.length : /[/／]/.test(name)) return null;
  return named ? sized(name, named, prices) : sized(name, SIZES_BY_PRICE[prices.length], prices.sort(byNumber));
}

function sized(written, sizes, prices) {
  const name = written.trim();
  const amounts = prices.map(amountOf);
  const isClear = !amounts.includes(null) && [sizes, amounts].every((all) => new Set(all).size === all.length);
  if (!isClear || !isName(name)) return null;
  return sizes
    .map((size, at) => ({ name: cut(name, `（${size}）`), price: amounts[at] }))
    .sort((one, other) => one.price - other.price)
    .map((size, at) => (at ? { ...size, isOther: true } : size));
}

const isName = (text) => /[\p{L}\p{N}]/u.test(text);

/** A name with its size, as long as the API takes it. */
const cut = (name, size = "") =>
  [...name].slice(0, LONGEST_NAME - [...size].length).join("").trim() + size;

/** TWD, or null for what is no price: a multiple of 0.5 from 0.5 on. */
function amountOf(text) {
  const amount = number(text);
  return amount > 0 && amount <= MOST_TWD && (amount * 2) % 1 === 0 ? amount : null;
}

const byNumber = (one, other) => number(one) - number(other);

const number = (text) => Number(text.normalize("NFKC").replaceAll(",", ""));

const inRange = (value, least, most) => value >= least && value <= most;
