// The page of one customer. Contact, totals and orders come from orders, so only the note can be edited here.
import { NoteCard } from "../customer/note.js";
import { orderRow } from "../customer/order-row.js";
import { call } from "../lib/api.js";
import { announce, byId, fill, show, showFailure } from "../lib/dom.js";
import { count, customerName, isolated, money, time } from "../lib/format.js";
import { mailLink, phoneLink } from "../lib/contact-links.js";
import { lastCustomers } from "../lib/last-list.js";
import { newOrderPage, orderPage } from "../lib/links.js";
import { queryValue, onPaging, readPage, showPaging } from "../lib/paging.js";
import { linkBack } from "../lib/place-in-list.js";
import { loadModule } from "../shell/connection.js";
import { sessionEnded, start } from "../shell/shell.js";

const PAGE_SIZE = 20; // orders

const page = byId("customer");
let noteCard;
let turn = 0;

async function load() {
  const ownTurn = ++turn;
  page.setAttribute("aria-busy", "true");
  fill(page, { asked: queryValue("email") || "nobody" });
  try {
    const [customer, orders] = await Promise.all([readCustomer(), readPage(readOrders, PAGE_SIZE)]);
    if (ownTurn === turn) display(customer, orders);
  } catch (error) {
    if (ownTurn !== turn) return; // another page was visited meanwhile
    if (error.status === 404) show(page, "missing");
    else if (!sessionEnded(error)) showFailure(page, error, load);
  }
  page.setAttribute("aria-busy", "false");
}

async function readCustomer() {
  if (!queryValue("email")) throw Object.assign(new Error("no e-mail address"), { status: 404 });
  return call("GET", `/customers/${encodeURIComponent(queryValue("email"))}`);
}

async function readOrders(part) {
  const query = new URLSearchParams({ customer: queryValue("email"), ...part });
  const { orders, nextCursor } = await call("GET", `/orders?${query}`);
  return { rows: orders, nextCursor };
}

function display(customer, { rows, nextCursor }) {
  showCustomer(customer);
  noteCard.show(customer);
  byId("merge").onclick = () => openMerge(customer);
  byId("order-rows").replaceChildren(...rows.map(orderRow));
  showPaging(count(rows.length, "order"), nextCursor);
  show(page, "shown");
  announce(`${count(rows.length, "order")} shown`);
}

function showCustomer({
  email,
  name,
  company,
  phone,
  address,
  orders,
  sales,
  total,
  currency,
  lastOrderAt,
  lastOrderID,
}) {
  const shown = customerName({ name, email });
  document.title = `${isolated(shown)} · Order desk`;
  const without = orders - sales;
  fill(page, {
    name: shown,
    company,
    email: mailLink(email),
    phone: phoneLink(phone),
    address,
    orders: orders.toLocaleString(),
    total: money(total, currency),
    uncounted: without ? `${count(without, "order")} rejected or cancelled, and not in the total.` : "",
    last: time(lastOrderAt),
  });
  byId("last-order").href = orderPage(lastOrderID);
  byId("new-order").href = newOrderPage({ customer: email });
}

/** Offer the export and the erasure to admins, also of somebody who has no order. */
function offerPersonalData(who) {
  byId("personal-data").hidden = !(who.isAdmin && queryValue("email"));
  byId("export-person").onclick = async () => {
    const { exportPerson } = await loadModule(() => import("../customer/export-person.js"));
    exportPerson(queryValue("email"));
  };
  byId("erase-person").onclick = async () => {
    const { askToErase } = await loadModule(() => import("../customer/erase-person.js"));
    askToErase(queryValue("email"));
  };
}

async function openMerge(customer) {
  const { merge } = await loadModule(() => import("../customer/merge.js"));
  merge(customer);
}

start((who) => {
  noteCard = new NoteCard(who);
  byId("merge-section").hidden = !who.isAdmin;
  linkBack(byId("to-list"), lastCustomers(who), () => queryValue("email"));
  onPaging(load);
  load().then(() => offerPersonalData(who)); // below the orders, which would push it down
});
