// The link to an order. It is copied, or shown for copying by hand if the browser refuses.
import { announce, byId } from "../lib/dom.js";
import { orderPage } from "../lib/links.js";

const COPIED_MS = 4_000; // the time for which the button shows "Link copied"

/** Copy the link to the order. */
export async function copyLink(orderID) {
  const link = location.origin + orderPage(orderID);
  try {
    await navigator.clipboard.writeText(link);
  } catch {
    byId("link").value = link;
    byId("link-dialog").showModal();
    return byId("link").select();
  }
  announce("The link to this order is copied.");
  byId("copy-link-text").textContent = "Link copied";
  return setTimeout(() => (byId("copy-link-text").textContent = "Copy link"), COPIED_MS);
}
