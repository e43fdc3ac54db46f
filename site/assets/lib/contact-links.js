// @ts-check
// Links that open a mail program (RFC 6068) or a telephone (RFC 3966), from what people wrote.
import { link } from "./links.js";

const PLAIN_MAILBOX = /^[^\s"(),.:;<>@[\\\]]+(\.[^\s"(),.:;<>@[\\\]]+)*$/u; // an RFC 5322 dot-atom
const QUOTED_MAILBOX = /^"([^"\\]|\\.)*"$/u;
// These separate addresses in a mail program even if they are encoded, and no domain contains them.
const NO_DOMAIN = /[\s"(),:;<>@\\]/u;

/**
 * Return a mailto: address for exactly this mailbox, or an empty text if there is none. Both parts are encoded, so that
 * no part of the text becomes a header, another recipient or a fragment.
 * @param {string} email
 */
export function mailAddress(email) {
  const at = email.lastIndexOf("@");
  const [mailbox, domain] = [email.slice(0, at), email.slice(at + 1)];
  if (at < 1 || domain === "" || NO_DOMAIN.test(domain)) return "";
  const plain = PLAIN_MAILBOX.test(mailbox) || QUOTED_MAILBOX.test(mailbox);
  const written = plain ? mailbox : `"${mailbox.replace(/["\\]/g, "\\$&")}"`;
  return `mailto:${encodeURIComponent(written)}@${encodeURIComponent(domain)}`;
}

const EXTENSION =
  /[\s,;(]*(?:(?<!\p{L})(?:extension|extn?|x|durchwahl|dw|poste|int)(?!\p{L})|#)[\s.:=]*(\d{1,6})\)?$/iu;
const TRUNK_ZERO = /^(\+\s*\d{1,3})[\s.-]*\(\s*0\s*\)?/; // +44 (0)20 and +44 (020): the zero is only for calls within the country
const ITALIAN = /^\+\s*39\b/; // there the zero belongs to the number
// A slash stands behind an area code, as in 030/1234567, but also between two numbers.
const AREA_CODE = /^(0\d{1,4}|\+\s*\d{1,3}[\s.-]*\(?\d{1,5}\)?)\s*\/\s*(?=[1-9][\d\s.-]{4})/;
const ONE_NUMBER = /^(?:\+(?![\s(]*0))?\s*\(?\d(?:[\s.()-]*\d)*$/; // no country has a code that begins with 0

/**
 * Return a tel: address, or an empty text unless the text is one telephone number with 15 digits at most (ITU-T E.164).
 * A local number has no phone-context, because only the telephone knows where it is.
 * @param {string} phone
 */
export function phoneAddress(phone) {
  const plain = phone
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .replace(/[\p{Pd}\u2212]/gu, "-")
    .trim();
  const extension = plain.match(EXTENSION);
  const number = plain
    .slice(0, extension?.index)
    .replace(/^00(?=[\s(-]*[1-9])/, "+")
    .replace(TRUNK_ZERO, (whole, country) => (ITALIAN.test(whole) ? `${country}0` : country))
    .replace(AREA_CODE, "$1 ");
  const digits = number.replace(/\D/g, "");
  const least = number.startsWith("+") ? 7 : 3;
  if (!ONE_NUMBER.test(number) || digits.length < least || digits.length > 15) return "";
  return `tel:${number.startsWith("+") ? "+" : ""}${digits}${extension ? `;ext=${extension[1]}` : ""}`;
}

/**
 * Return a link for writing to an e-mail address, or the address as text if it is not one mailbox.
 * @param {string} email
 */
export function mailLink(email) {
  const href = mailAddress(email);
  return href ? link(href, email) : email;
}

/**
 * Return a link for calling a phone number, or what the field contains if it is not one number.
 * @param {string | undefined} phone
 */
export function phoneLink(phone) {
  const href = phone && phoneAddress(phone);
  return href ? link(href, phone) : phone;
}
