// Claims that a dangerous product must not make.
import { line } from "../lib/text.js";

// The examples of Article 25(4) of the CLP Regulation (EC) No 1272/2008, and how shops write them.
const CLAIMS = [
  /\bnon[- ]?(?:toxic|harmful|polluting|hazardous)\b/g,
  /\bnot (?:toxic|harmful|dangerous|hazardous)\b/g,
  /\b(?:harmless|ecological)\b/g,
  /\b(?:eco|skin|environment|environmentally)[- ]?friendly\b/g,
  /\bsafe for (?:people|humans|children|pets|animals|skin|the skin|nature|the environment)\b/g,
  /\b(?:completely|absolutely|totally|100 ?%) safe\b/g,
];
/** The fields of the hazard label. */
export const HAZARDS = ["signalWord", "pictograms", "hazardStatements", "ufi"];

/** Return whether a product with these texts needs a safety data sheet: it has a pictogram, a signal word or an H statement. */
export const needsSheet = ({ signalWord, pictograms, hazardStatements }) =>
  Boolean(signalWord?.trim() || pictograms?.trim()) ||
  /^[^\p{L}]*(?:EUH|H)\s?\d/imu.test(hazardStatements ?? "");

/** Return the claims in the name and description of a product that has something of a hazard label, each once. */
export function forbiddenClaims(values) {
  if (!HAZARDS.some((name) => values[name]?.trim())) return [];
  const typed = line(`${values.name} . ${values.description}`).toLowerCase();
  const text = typed.replace(/[\u2010-\u2015]/g, "-").replace(/\s+/g, " ");
  return [...new Set(CLAIMS.flatMap((claim) => text.match(claim) ?? []))];
}
