// What the page of an order reads beside the order: the note on its customer, and its mails once somebody asks for them.
import { byId } from "../lib/dom.js";
import { loadModule } from "../shell/connection.js";

/** Show the note on the customer. It comes late, and nothing is said if its module cannot be loaded. */
export function showNote({ customer }) {
  import("./customer-note.js")
    .then((module) => module.showNote(byId("order-note"), customer.email))
    .catch(() => {});
}

/** Read the mails of the order on screen each time somebody opens their card. `page` is that of order.js. */
export function wireMails(page) {
  const card = byId("mails");
  card.ontoggle = async () => {
    if (!card.open) return;
    const { showMails } = await loadModule(() => import("./mails.js"));
    await showMails(page);
  };
}
