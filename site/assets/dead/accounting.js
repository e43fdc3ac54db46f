// The accounting: how many accepted orders are in each place, and which are in none.
import { call } from "../lib/api.js";
import { byId, fill, show, showFailure } from "../lib/dom.js";
import { time, whole } from "../lib/format.js";
import { deadLetterPage, link } from "../lib/links.js";
import { sessionEnded } from "../shell/shell.js";
import { accountingSummary } from "./accounting-words.js";

const card = byId("accounting");

/** Count the orders, and show the numbers. */
export async function showAccounting() {
  card.ariaBusy = "true";
  try {
    showCounts(await call("GET", "/reports/accounting"));
  } catch (error) {
    if (!sessionEnded(error)) showFailure(card, error, showAccounting);
  }
  card.ariaBusy = "false";
}

function showCounts(report) {
  const { missing, missingOrders, checkedAt, recordedFrom, ...numbers } = report;
  const counts = Object.entries(numbers).map(([name, number]) => [name, whole(number)]);
  fill(card, {
    summary: accountingSummary(report),
    checked: time(checkedAt),
    recorded: recordedFrom
      ? [" A lost order is noticed if it was accepted since ", time(recordedFrom), "."]
      : "",
    missing: missingOrders.map(entry),
    ...Object.fromEntries(counts),
  });
  card.classList.toggle("odd", missing.length > 0);
  show(card, "counted");
}

/** Return a missing order with what is known of it. It leads to its dead letter, once there is one. */
function entry({ orderID, acceptedAt, channel, deadLetter }) {
  const item = document.createElement("li");
  const name = deadLetter ? link(deadLetterPage(deadLetter), orderID) : orderID;
  item.append(name, " accepted ", time(acceptedAt), `, channel ${channel}`);
  return item;
}

byId("count-again").onclick = showAccounting;
