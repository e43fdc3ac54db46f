// The connected shops in the filter of the list, beside the channels. They are those whose orders came in the last days.
import { call } from "../lib/api.js";
import { addDays, dateOf, dayRange } from "../lib/days.js";
import { byId } from "../lib/dom.js";
import { once } from "../lib/once.js";
import { query } from "./address.js";

const DAYS = 14; // the report takes 15
const UNNAMED = "One connected shop"; // until its name is known, or if it sent nothing lately

const select = byId("channel");

/** Show the sender of the address. The names of the shops come a moment later. */
export function showSender() {
  writeSender();
  shops().then((names) => {
    for (const [shop, name] of Object.entries(names)) optionOf(shop).textContent = name;
  });
}

/** Return the parameters of the address for the sender that somebody chose. */
export function chosenSender() {
  const { dataset, value } = select.selectedOptions[0];
  return dataset.shop ? { channel: "", shop: dataset.shop } : { channel: value, shop: "" };
}

function writeSender() {
  const shop = query().get("shop");
  if (shop) optionOf(shop).selected = true;
  else select.value = query().get("channel") ?? "";
}

function optionOf(shop) {
  const known = [...select.options].find(({ dataset }) => dataset.shop === shop);
  if (known) return known;
  const option = new Option(UNNAMED, `shop ${shop}`);
  option.dataset.shop = shop;
  select.append(option);
  return option;
}

const shops = once(async () => {
  const now = new Date();
  const from = dayRange(addDays(dateOf(now), -DAYS)).from.toISOString();
  const period = new URLSearchParams({ from, to: now.toISOString() });
  const answer = await call("GET", `/reports/activity?${period}`).catch(() => null);
  return answer?.shops ?? {};
});
