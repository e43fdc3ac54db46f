// The page of the cart: its lines as the shop sells them now, and what they come to.
import { SignedOut } from "../../../assets/lib/cognito.js";
import { forget, person } from "../../../assets/lib/session.js";
import { announce, byId, fill, show } from "../../../assets/lib/dom.js";
import { syncSoon, tryTo } from "../account/door.js";
import { factsOf } from "../cart/facts.js";
import { keep, onCart, readKept } from "../cart/kept.js";
import { lineOf, withLine, withoutLine } from "../cart/lines.js";
import { lineRow } from "../cart/line-row.js";
import { showSums } from "../cart/summary.js";
import { checked, sumsOf } from "../cart/sums.js";
import { sync } from "../cart/sync.js";
import { sendFrom } from "../checkout/calls.js";
import { goOn } from "../checkout/placing.js";

const page = byId("cart-page");
const money = JSON.parse(page.dataset.money);
const rates = JSON.parse(page.dataset.rates);
const most = Number(byId("cart").dataset.units);
let facts = new Map();
let shown = "";

async function load() {
  if (person()) await meetAccount();
  await showCart();
}

/** Bring the cart of the account here, and send an order that waits in it. Without an answer, this browser's cart is shown. */
async function meetAccount() {
  try {
    const { cart } = await sync();
    if (!cart.order) return;
    const { refused } = await sendFrom(page, goOn, cart);
    fill(page, { refused: refused?.message });
  } catch (error) {
    if (error instanceof SignedOut) forget();
    else unsynced();
  }
}

/** Show the cart. Products that came since are looked up first. */
async function showCart() {
  const { lines } = readKept();
  const missing = lines.filter(({ sku }) => !facts.has(sku)).map(({ sku }) => sku);
  if (missing.length) facts = new Map([...facts, ...(await factsOf(missing))]);
  showLines(readKept().lines);
  show(page, lines.length ? "ready" : "empty");
}

function showLines(lines) {
  const text = JSON.stringify(lines);
  if (text === shown) return;
  shown = text;
  const all = lines.map((line) => checked(line, facts.get(line.sku) ?? null, money.currency));
  const focused = document.activeElement.closest("[data-sku]")?.dataset.sku;
  const name = document.activeElement.name;
  byId("lines").replaceChildren(...all.map(rowOf));
  if (focused) byId("lines").querySelector(`[data-sku="${focused}"] [name="${name}"]`)?.focus();
  const sums = sumsOf(all, rates);
  showSums(page, sums, money);
  const button = byId("to-checkout");
  if (sums.canBuy) button.href = "/checkout";
  else button.removeAttribute("href");
  button.setAttribute("aria-disabled", String(!sums.canBuy));
  fill(page, { blocked: sums.canBuy ? "" : whyNot(all) });
}

const whyNot = (lines) =>
  lines.some(({ line }) => line.ticked)
    ? "Change or untick the lines that cannot be ordered."
    : "Tick the lines that you want to order.";

function rowOf(one) {
  const { sku } = one.line;
  return lineRow(one, money, {
    most,
    change: (values) => changeLine(sku, values),
    remove: () => {
      write(withoutLine(readKept(), sku));
      announce(`${one.line.name} is removed.`);
      byId("lines-title").focus();
    },
  });
}

function changeLine(sku, values) {
  const kept = readKept();
  const line = lineOf(kept.lines, sku);
  if (line) write(withLine(kept, { ...line, ...values }));
}

function write(kept) {
  keep(kept);
  if (person()) syncSoon().then(() => fill(page, { unsynced: "" }), unsynced);
}

function unsynced() {
  fill(page, { unsynced: "Your other devices do not have this change yet. This browser keeps it." });
}

onCart(() => page.dataset.state !== "sending" && showCart().catch(() => {}));
tryTo(page, load);
