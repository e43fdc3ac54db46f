// The recall list of a product: everybody who got it since a date. The address has the SKU and the date.
import { productPage, productPath } from "../catalog/products.js";
import { call } from "../lib/api.js";
import { dateOf, dayRange, isDate, minuteOf } from "../lib/days.js";
import { announce, byId, fill, show, showFailure, stamp } from "../lib/dom.js";
import { count, customerName, isolated, orderNumber, time, whole } from "../lib/format.js";
import { customerPage, link, orderPage } from "../lib/links.js";
import { address, queryValue } from "../lib/paging.js";
import { erasedOf, peopleOf, yearBefore } from "../recall/people.js";
import { loadModule } from "../shell/connection.js";
import { sessionEnded, start } from "../shell/shell.js";

const PAGE_SIZE = 100; // orders in one call

const page = byId("recall");
let loading = new AbortController();
let exported; // what Export saves

const since = () => (isDate(queryValue("from")) ? queryValue("from") : yearBefore(dateOf(new Date())));

async function load() {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  const [sku, from] = [queryValue("sku"), since()];
  page.setAttribute("aria-busy", "true");
  exported = undefined;
  byId("from").value = from;
  byId("to-product").href = productPage(sku);
  fill(page, { sku });
  fill(page, { name: await nameOf(sku, signal) });
  try {
    const orders = await readOrders(sku, from, signal);
    if (!signal.aborted) display(sku, from, orders);
  } catch (error) {
    if (signal.aborted) return; // another date was chosen meanwhile
    if (error.status === 404) show(page, "missing");
    else if (!sessionEnded(error)) showFailure(page, error, load);
  }
  page.setAttribute("aria-busy", "false");
}

/** Resolve to the name of a product. One that was deleted has no name here, and its list all the same. */
const nameOf = (sku, signal) =>
  call("GET", productPath(sku), { signal }).then(
    ({ name }) => name,
    () => "",
  );

/** Read all orders of a product since a date. The page says how many were read. */
async function readOrders(sku, from, signal) {
  const query = { from: minuteOf(dayRange(from).from), limit: PAGE_SIZE };
  const found = [];
  let cursor = null;
  do {
    const part = new URLSearchParams({ ...query, ...(cursor && { cursor }) });
    const { orders, nextCursor } = await call("GET", `${productPath(sku)}/orders?${part}`, { signal });
    found.push(...orders);
    cursor = nextCursor;
    fill(page, { sums: cursor ? `${count(found.length, "order")} read …` : "\u00a0" }); // keeps its line
  } while (cursor);
  return found;
}

function display(sku, from, orders) {
  const people = peopleOf(orders);
  const units = count(unitsOf(orders), "unit");
  const sums = `${count(people.length, "customer")}, ${count(orders.length, "order")}, ${units}`;
  document.title = `Recall list of ${isolated(sku)} · Order desk`;
  fill(page, { sums, erased: erasedText(erasedOf(orders)) });
  byId("recall-rows").replaceChildren(...people.map(row));
  show(page, orders.length ? "listed" : "empty");
  exported = [sku, from, people];
  announce(sums);
}

const unitsOf = (orders) => orders.reduce((sum, { quantity }) => sum + quantity, 0);

/** Return how much went to customers who cannot be reached any more, because they were erased. */
const erasedText = (orders) =>
  orders.length
    ? `${count(orders.length, "order")} with ${count(unitsOf(orders), "unit")} went to erased customers, whom nobody can reach.`
    : "";

function row({ customer, orders, quantity, last }) {
  const name = customerName(customer);
  return stamp("recall-row", {
    name: customer.email ? link(customerPage(customer.email), name) : name,
    person: customer.company ? customer.name : "",
    email: customer.email,
    phone: customer.phone,
    address: customer.address,
    orders: whole(orders),
    quantity: whole(quantity),
    last: [link(orderPage(last.orderID), orderNumber(last)), ", ", time(last.createdAt)],
  });
}

start(() => {
  byId("from").onchange = () => {
    if (!isDate(byId("from").value)) return;
    history.pushState(null, "", address({ from: byId("from").value }));
    load();
  };
  byId("export").onclick = async () => {
    const { exportRecall } = await loadModule(() => import("../recall/export.js"));
    if (exported) exportRecall(...exported);
  };
  byId("export-format").onclick = () =>
    loadModule(() => import("../list/export-choice.js")).then(({ ask }) => ask());
  addEventListener("popstate", load);
  return load();
});
