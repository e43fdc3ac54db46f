// The fields of a product and their values in words.
import { isolated, money } from "../lib/format.js";

/** The names of the fields that staff decide about, in the sequence of the form. */
export const LABELS = {
  name: "Name",
  unitPrice: "Price",
  unit: "Unit",
  category: "Category",
  description: "Description",
  active: "Sold",
  packSize: "Pieces in a unit",
  netContent: "Net content",
  minQuantity: "Minimum quantity",
  vatClass: "VAT class",
  signalWord: "Signal word",
  pictograms: "Pictograms",
  hazardStatements: "Hazard statements",
  ufi: "UFI",
  image: "Image",
  imageText: "Alternative text",
  safetyDataSheet: "Safety data sheet",
  safetyDataSheetVersion: "Version of the sheet",
  safetyDataSheetDate: "Date of the sheet",
  currency: "Currency",
};

const FILE_FIELDS = ["image", "safetyDataSheet"]; // their values are names that tell people nothing

/** Return a value of a field as text. A missing one is "(empty)". */
export function shownValue(field, value, currency) {
  if (field === "unitPrice" && value !== undefined) return money(value, currency);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value === undefined || value === "" ? "(empty)" : isolated(String(value));
}

/** Return a change in words: "Price: £1.00 → £1.04". `before` is the currency before the change if it was another one. */
export function changeInWords({ field, from, to }, currency, before = currency) {
  if (FILE_FIELDS.includes(field))
    return `${LABELS[field]}: ${!from ? "added" : to ? "replaced" : "removed"}`;
  const [was, now] = [shownValue(field, from, before), shownValue(field, to, currency)];
  return `${LABELS[field] ?? field}: ${was} → ${now}`;
}
