// The page of the cart: its lines as the shop sells them now, and what they come to.
import { SignedOut } from "../../../assets/lib/cognito.js";
import { forget, person } from "../../../assets/lib/session.js";
import { announce, byId, fill, show } from "../../../assets/lib/dom.js";
import { syncSoon, tryTo } from "../account/door.js";
import { factsOf } from "../cart/facts.js";
import { keep, onCart, readKept } from "../cart/kept.js";
import { allTicked, lineOf, withLine, withoutLine } from "../cart/lines.js";
import { lineRow } from "../cart/line-row.js";
import { linesNotice, openWays, showLeft, untickedText } from "../cart/notices.js";
import { room } from "../cart/room.js";
import { showSums } from "../cart/summary.js";
import { checked, sumsOf } from "../cart/sums.js";
import { sync } from "../cart/sync.js";
import { sendFrom, whyNotSent } from "../checkout/calls.js";
import { goOn } from "../checkout/placing.js";

const page = byId("cart-page");
const money = JSON.parse(page.dataset.money);
const rates = JSON.parse(page.dataset.rates);
const wrong = new Set(); // products whose quantity in the field cannot be taken
let facts = new Map();
let [shown, all] = ["", []];

async function load() {
  if (person()) await meetAccount();
  show(page, "loading");
  await showCart();
  if (location.hash) byId(location.hash.slice(1))?.focus(); // a line that the checkout named
}

/** Bring the cart of the account here, and send an order that waits in it. Without an answer, this browser's cart is shown. */
async function meetAccount() {
  try {
    const { cart } = await sync();
    if (!cart.order) return;
    fill(page, { refused: whyNotSent(await sendFrom(page, goOn, cart)) });
  } catch (error) {
    if (error instanceof SignedOut) forget();
    else unsynced();
  }
}

/** Show the cart, unless an order of it is being sent. Products that came since are looked up first. */
async function showCart() {
  const { lines } = readKept();
  const missing = lines.filter(({ sku }) => !facts.has(sku)).map(({ sku }) => sku);
  if (missing.length) facts = new Map([...facts, ...(await factsOf(missing))]);
  if (["sending", "late"].includes(page.dataset.state)) return;
  showLines(readKept().lines);
  showLeft(page);
  show(page, lines.length ? "ready" : "empty");
}

function showLines(lines) {
  const text = JSON.stringify(lines);
  if (text === shown) return;
  shown = text;
  wrong.clear();
  all = lines.map((line) => checked(line, facts.get(line.sku) ?? null, money.currency));
  const { activeElement } = document;
  const focused = activeElement.closest("[data-sku]")?.id;
  byId("lines").replaceChildren(...all.map(rowOf));
  const row = focused && byId(focused);
  if (row) (row.querySelector(`[name="${activeElement.name}"]`) ?? row).focus();
  showTotal();
}

/** Show what ticked lines come to, and the way to the checkout if all of them can be ordered. */
function showTotal() {
  const sums = sumsOf(all, rates);
  const blocked = all.filter(({ line, fault }) => line.ticked && (fault || wrong.has(line.sku)));
  const isOpen = sums.canBuy && !blocked.length;
  showSums(page, sums, money);
  openWays(page, isOpen);
  const why = blocked.length
    ? linesNotice(blocked, "Change or untick what cannot be ordered:")
    : "Tick the lines that you want to order.";
  fill(page, { blocked: isOpen ? "" : why, unticked: untickedText(all) });
}

byId("tick-all").onclick = () => {
  write(allTicked(readKept()));
  byId("lines-title").focus();
};

function rowOf(one) {
  const { sku } = one.line;
  return lineRow(one, money, {
    most: room().units,
    typed: (isGood) => {
      wrong[isGood ? "delete" : "add"](sku);
      showTotal();
    },
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

onCart(() => showCart().catch(() => {}));
tryTo(page, load);
