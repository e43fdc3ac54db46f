// The list of what became of a shop's events, a page at a time.
import { call } from "../lib/api.js";
import { announce, byId, show, showFailure, stamp } from "../lib/dom.js";
import { count, orderNumber, time } from "../lib/format.js";
import { orderPage } from "../lib/links.js";
import { queryValue, readPage, showPaging } from "../lib/paging.js";
import { sessionEnded } from "../shell/shell.js";
import { withTimes } from "./show.js";
import { answerWords, deliveryWords, eventWords, isRepeatable } from "./words.js";

const PAGE_ROWS = 25;
const list = byId("deliveries");
let reads = 0; // begun; an answer that comes after that of a later one is old

/** Read and show the page of the list that the address names. `again(delivery)` sends one again. */
export async function loadDeliveries(shop, webhook, again) {
  const own = ++reads;
  list.ariaBusy = "true";
  const retry = () => loadDeliveries(shop, webhook, again);
  const page = await readPage((part) => readPart(shop, part), PAGE_ROWS).catch((error) => {
    if (!sessionEnded(error) && own === reads) showFailure(list, error, retry);
  });
  if (own !== reads) return page?.rows ?? [];
  list.ariaBusy = "false";
  if (!page) return [];
  byId("delivery-rows").replaceChildren(...page.rows.map((one) => row(one, webhook, again)));
  show(list, page.rows.length || queryValue("cursor") ? "listed" : "empty");
  const shown = count(page.rows.length, "delivery", "deliveries");
  showPaging(shown, page.nextCursor);
  announce(`${shown} shown`);
  return page.rows;
}

async function readPart(shop, part) {
  const answer = await call(
    "GET",
    `/shops/${encodeURIComponent(shop)}/deliveries?${new URLSearchParams(part)}`,
  );
  return { rows: answer.deliveries, nextCursor: answer.nextCursor };
}

function row(delivery, webhook, again) {
  const { orderID } = delivery;
  const [answer, said] = answerWords(delivery);
  const element = stamp("delivery-row", {
    event: eventWords(delivery),
    order: orderID && orderNumber({ orderID }),
    at: time(delivery.at),
    state: withTimes(deliveryWords(delivery, webhook)),
    answer,
    said,
  });
  if (orderID) element.querySelector("a").href = orderPage(orderID);
  element.querySelector(".col-state").dataset.is = delivery.state;
  const button = element.querySelector("button");
  button.hidden = !isRepeatable(delivery, webhook);
  button.onclick = () => again(delivery);
  return element;
}
