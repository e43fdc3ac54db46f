// Texts in a form that no spreadsheet runs as a formula or changes into a number, a date or a truth value.

const SIGNS = "=+\\-@\\u2212＝＋－＠﹢﹣﹦﹫";
const FORMULA = new RegExp(`^[\\t\\r\\n]|^[\\s\\p{C}"]*[${SIGNS}]`, "u");
const OPENING = /^'*/;
// A program that separates by another character begins a new cell in the middle of a text, even inside quotes. Quotation
// marks and blanks before the sign are then part of the file's form, not of the cell.
const FORMULA_INSIDE = new RegExp(`[,;|\\t\\r\\n]'*(?=[\\s\\p{C}"]*[${SIGNS}])`, "gu");
const GUARD_INSIDE = new RegExp(
  `(?<=[,;|\\t\\r\\n])'(?='*(?:[\\s\\p{C}"]|(?<=[\\t\\r\\n]'*)')*[${SIGNS}])`,
  "gu",
);

/**
 * Return the text, with an apostrophe before each part that a spreadsheet would run or change (OWASP, "CSV injection"). If the
 * text has apostrophes there already, it gets one more, so that no two texts have the same form.
 */
export function asText(text) {
  const bare = text.replace(OPENING, "");
  const plain = bare
    .normalize("NFKC")
    .replace(/[\s\p{C}]+/gu, " ")
    .trim();
  const changes = FORMULA.test(bare) || isNumber(plain) || isDate(plain) || isWord(plain);
  return (changes ? "'" : "") + text.replace(FORMULA_INSIDE, "$&'");
}

/** Return the text of which `asText` makes this cell, or the cell itself if there is none. */
export function withoutGuards(cell) {
  if (!cell.includes("'")) return cell;
  const inner = cell.replace(GUARD_INSIDE, "");
  return [inner.replace(/^'/, ""), inner].find((text) => text !== cell && asText(text) === cell) ?? cell;
}

// Truth values in Excel's languages.
const TRUTH = new Set(
  `true false wahr falsch vrai faux verdadero falso vero verdadeiro waar onwaar sand falsk sant falskt sann usann tosi epätosi
  prawda fałsz pravda nepravda igaz hamis adevărat fals doğru yanlış veritat истина ложь правда неправда`.split(
    /\s+/,
  ),
);
// Error values such as #REF!, #¿NOMBRE? and #N/A, and those that one language only writes without a mark.
const ERROR = /^#(?:[¡¿]?[\p{L}\p{Nd}/_]+[!?]|\p{L}\/\p{L}|nv|yok|hiányzik|není_k_dispozici|getting_data)$/iu;
const isWord = (plain) => TRUTH.has(plain.toLowerCase()) || ERROR.test(plain);

const EXACT = /^(0|[1-9]\p{Nd}{0,10})$/u; // Excel shows further digits as 1.23E+11
const NUMBER = /^[\p{Nd}\p{Sc}\s.,\u066b\u066c:;/\u2044'’()%+-]+$/u;
const EXPONENT = /^[\p{Nd}.,]+e[+-]?\p{Nd}+$/iu;
// Currencies are written with letters, too.
const CURRENCY =
  /(^|[\p{Nd}\s.])(?:eur|usd|gbp|chf|(?:us|ca|au|nz|hk|r|s)?\$|kr|zł|kč|ft|lei|лв|fr|sfr|rs|rm|rp|r|₽)\.?($|[\p{Nd}\s-])/iu;

function isNumber(plain) {
  if (EXPONENT.test(plain)) return true;
  const amount = plain.replace(CURRENCY, "$1 $2").trim();
  return /\p{Nd}/u.test(amount) && NUMBER.test(amount) && !EXACT.test(plain) && !isPhone(plain);
}

/** Whether a text of digits has groups as no number and no date has them: 020 7946 0101, 06 12 34 56 78, 555-123-4567. */
function isPhone(plain) {
  const groups = plain.match(/\p{Nd}+/gu) ?? [];
  const long = groups.filter((group) => group.length > 2).length > 1 && groups.join("").length > 7;
  const thousands = /^\p{Nd}{1,3}( \p{Nd}{3})+$/u.test(plain);
  return /^\(?\p{Nd}[\p{Nd}() -]*\p{Nd}$/u.test(plain) && (long || groups.length > 4) && !thousands;
}

const FEW_DIGITS = /^\P{Nd}*(\p{Nd}{1,4}\P{Nd}+){0,6}\p{Nd}{1,4}\P{Nd}*$/u; // no part of a date has more than four
const SHORT_TIME = /^\p{Nd}{1,2}(:\p{Nd}{1,2})* ?[ap]$/iu;
const JAPANESE_ERA = /^[mtshr]\p{Nd}{1,2}[./-]\p{Nd}{1,2}[./-]\p{Nd}{1,2}$/iu;
const BETWEEN = new Set(
  "st nd rd th de del di of the den der d el t z utc gmt 年 月 日 時 时 点 分 秒 년 월 일 시 초".split(" "),
);

function isDate(plain) {
  if (SHORT_TIME.test(plain) || JAPANESE_ERA.test(plain)) return true;
  if (!FEW_DIGITS.test(plain) || !/^[\p{L}\p{M}\p{Nd}\s.,:/'’()-]+$/u.test(plain)) return false;
  const words = wordsIn(plain);
  return words.length > 0 && words.every((word) => BETWEEN.has(word) || dateWords().has(word));
}

// A spreadsheet reads the names of its own language and of English, and the language of its reader is not known here.
const LANGUAGES =
  "ar bg bn ca cs cy da de de-AT el en en-GB en-AU es et eu fa fi fr fr-CA ga gl he hi hr hu id is it ja ko lt lv mk ms nb nl pl " +
  "pt ro ru sk sl sq sr sr-Latn sv sw ta th tr uk ur uz vi zh zh-TW";
const WRITTEN = [
  { month: "long" },
  { month: "short" },
  { month: "long", day: "numeric" },
  { month: "short", day: "numeric" },
  { weekday: "long" },
  { weekday: "short" },
  { hour: "numeric", hour12: true },
];
const EXCELS_OWN = ["mrz", "令和", "平成", "昭和"]; // the browser writes these in another way
let found;

/** Return the names of months, weekdays and halves of the day, and the beginnings of months: mar, marc, march, märz. */
export function dateWords() {
  found ??= new Set([...EXCELS_OWN, ...LANGUAGES.split(" ").flatMap(wordsOf)]);
  return found;
}

function wordsOf(language) {
  const texts = WRITTEN.flatMap((written) => {
    const format = new Intl.DateTimeFormat(language, { ...written, timeZone: "UTC" });
    return Array.from({ length: 12 }, (_, n) => format.format(Date.UTC(2024, n, 1, n * 2))); // seven weekdays begin a month
  });
  const words = texts.flatMap((text) => wordsIn(text.normalize("NFKC")));
  return words.filter((word) => !/^[a-z]$/.test(word)).flatMap((word) => [word, ...beginnings(word)]);
}

const beginnings = (word) =>
  Array.from({ length: Math.max(word.length - 3, 0) }, (_, n) => word.slice(0, n + 3));

/** Return the words of a text. The letters of a.m. are one word. */
function wordsIn(text) {
  const joined = text.toLowerCase().replace(/(?<=\p{L})\.\s?(?=\p{L})/gu, "");
  return joined.match(/[\p{L}\p{M}]+/gu) ?? [];
}
