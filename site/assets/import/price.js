// The text of a cell as a price. local/catalog_cells.py has the same rules.
import { withoutGuards } from "../list/spreadsheet-text.js";
import { fractionDigits } from "../lib/format.js";
import { key } from "../lib/text.js";
import { REQUIRED, SHORTENED } from "./cells.js";

const SIGNS = {
  GBP: ["£"],
  EUR: ["€"],
  USD: ["$", "US$"],
  CHF: ["Fr.", "SFr."],
  JPY: ["¥"],
  SEK: ["kr", "kr."],
  NOK: ["kr", "kr."],
  DKK: ["kr", "kr."],
  PLN: ["zł"],
  CZK: ["Kč"],
};
const EVERY_SIGN = Object.values(SIGNS).flat();
const MAX_DIGITS = 9; // before the mark; the schema's limit has fewer
/** Return {value} or {fault}: a price in minor units of the currency. */
export function priceIn(cell, currency) {
  const text = key(withoutGuards(cell));
  if (!text) return REQUIRED;
  const { bare, isOther } = withoutSign(text, currency);
  if (isOther) return { fault: `must be in ${currency}` };
  const digits = fractionDigits(currency);
  const [, units, rest = ""] = /^(\d*)(?:[.,](\d+))?$/.exec(bare) ?? [];
  const isPlain = units !== undefined && bare && units.length <= MAX_DIGITS && rest.length <= digits;
  if (isPlain) return { value: Number(units) * 10 ** digits + Number(rest.padEnd(digits, "0")) };
  return { fault: faultOfPrice(bare, digits) };
}

function faultOfPrice(bare, digits) {
  const example = digits ? `1234.${"50".padEnd(digits, "0").slice(0, digits)}` : "1234";
  if (/^[-(].*\d|\d-$/.test(bare)) return "must be at least 0";
  if (SHORTENED.test(bare)) return "must have every digit: a spreadsheet has shortened it";
  if (/^\d{1,3}[.,]\d{3}$/.test(bare)) return `can be read in two ways: write it such as ${example}`;
  if (/^\d{1,3}([.,'’ ]\d{3})+([.,]\d+)?$/.test(bare))
    return `must have no marks of thousands, such as ${example}`;
  if (/^\d*[.,]\d+$/.test(bare) && digits) return `must have at most ${digits} digits behind the mark`;
  return `must be an amount such as ${example}`;
}

/** Return {bare, isOther}: the text without its sign of a currency, and whether that is the sign of another one. */
function withoutSign(text, currency) {
  const own = [currency, ...(SIGNS[currency] ?? [])];
  const found = /^([A-Z]{3})(?=[ \d.,-])|(?<=[ \d.,])([A-Z]{3})$/.exec(text)?.[0];
  const signs = [...own, ...EVERY_SIGN, ...(found ? [found] : [])].toSorted((a, b) => b.length - a.length);
  const before = signs.find((sign) => text.startsWith(sign));
  const after = before ? undefined : signs.find((sign) => text.endsWith(sign));
  const sign = before ?? after ?? "";
  const bare = before ? text.slice(sign.length) : text.slice(0, text.length - sign.length);
  return { bare: bare.trim(), isOther: sign !== "" && !own.includes(sign) };
}

/** Return the currency that the title of a column names, such as EUR for “Price (€)”, or an empty text. */
export function currencyNamed(title) {
  const [code] = title.match(/[A-Z]{3}/g)?.filter((word) => word in SIGNS) ?? [];
  const [named] = Object.keys(SIGNS).filter((one) =>
    SIGNS[one].some((sign) => /^\p{Sc}$/u.test(sign) && title.includes(sign)),
  );
  return code ?? named ?? "";
}
