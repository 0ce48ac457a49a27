/** Lines of a menu that are no dish: headings, a shop's name, its telephone, hours and address, additions. */
const plain = (text) => text.normalize("NFKC").toLowerCase();
/** Without spaces and what decorates both ends: 【 麵 食 】, ～湯品～. */
const bare = (text) =>
  plain(text)
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "")
    .replace(/\s+/gu, "");

const IN_BRACKETS = /^[【〔《〈\[][^】〕》〉\]]+[】〕》〉\]]$/u;
const SIGNS = [
  // 02-2345-6789, (02)23456789, 0912 345 678, 0800-000-123, +886 2 …, 2345-6789
  /(?:\+886[-\s]?\d|\(?0\d{1,3}\)?)[-\s]?\d{3,4}[-\s]?\d{3,4}(?!\d)|(?<!\d)\d{4}-\d{4}(?!\d)/,
  // 11:00-20:00, 上午11點, am 11:00
  /(?<!\d)\d{1,2}:\d{2}(?!\d)|[上下]午\s*\d{1,2}\s*[點時]/,
  // 台北市中正區…, 忠孝東路一段12號
  /\p{Script=Han}[市縣]\p{Script=Han}{1,3}[區鄉鎮市]/u,
  /[路街段巷弄]\s*(?:\d{1,4}|[一二三四五六七八九十]+).*?[號路街段巷弄]/u,
  // 週一~週五; 週一公休 has a word.
  /(?:週|周|星期|禮拜)[一二三四五六日末]\s*[-~–—～至到、]/u,
  /https?:\/\/|www\.|[a-z0-9-]\.(?:com|tw|net|org|me|cc|io)\b|[\w.]@[\w.]|^@\w/,
];

/** 加麵 +10, 升級大杯 + $20 */
const PLUS_PRICE = /[+＋]\s*(?:NT)?[$＄]?\s*\d{1,3}(?:\s*[元圓塊])?$/iu;

/** `{isNotice(line), isHeading(line), isAddition(line)}` by the words of menu_lines.json; by signs alone without them. */
export function knownLines({
  headings = [],
  heading_endings = [],
  notices = [],
  sizes = [],
  frames = [],
  additions = [],
  no_additions = [],
  isDish = () => false,
} = {}) {
  const titles = new Set(headings.map(bare));
  const endings = heading_endings.map(bare);
  const words = notices.map(plain);
  const isTitle = (name) => titles.has(name) || endings.some((end) => name.endsWith(end));

  /** L / M, 飲料 中 大 */
  function areSizes(line) {
    const parts = plain(line).split(/[^\p{L}\p{M}\p{N}]+/u).filter(Boolean);
    const ofColumns = isTitle(parts[0]) && !sizes.includes(parts[0]) ? parts.slice(1) : parts;
    return ofColumns.length > 1 && ofColumns.every((part) => sizes.includes(part));
  }

  const isFramed = (line) => frames.includes([...line][0]) && frames.includes([...line].at(-1)) && !isDish(bare(line));

  return {
    /**
     * Whether a line tells about the shop, with or without a number in it: 電話 02-2345-6789. Behind
     * a dish of the dictionary a word is the traveller's: 牛肉麵 過敏原:花生.
     */
    isNotice(line) {
      const text = plain(line);
      const isTold = (word) => text.includes(word) && !isDish(text.split(word)[0].match(/\p{L}+|$/u)[0]);
      return words.some(isTold) || SIGNS.some((sign) => sign.test(text));
    },
    /** Whether a line without a price is the title of others, or the shop's name: 【麵食】, 飯類, ★阿月冰店★. */
    isHeading(line) {
      return IN_BRACKETS.test(line.trim()) || isTitle(bare(line)) || isFramed(line.trim()) || areSizes(line);
    },
    /** Whether it is added to a dish and is none: 加麵 +10. */
    isAddition(line) {
      const text = plain(line);
      const name = text.replace(/[\s+$\d元圓塊.]+$/u, "");
      const isAdded = additions.some((word) =>
        /\p{Script=Latin}/u.test(word) ? text.startsWith(`${word} `) : text.startsWith(word),
      );
      if (PLUS_PRICE.test(line) || plain(line).startsWith("+")) return true;
      return isAdded && !isDish(name) && !no_additions.some((word) => text.startsWith(word));
    },
  };
}
