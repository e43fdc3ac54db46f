// The things that need attention, for the page Today, in words for staff.
import { count } from "../lib/format.js";
import { dayAgo } from "./activity.js";
import { openOrders } from "./open-orders.js";

const DEAD_LETTERS = {
  orders: (number) => ({
    what: `${count(number, "order")} did not arrive`,
    why: `Kept aside, and in no list: nobody will pack ${number === 1 ? "it" : "them"}. Each says why, and an admin can mend it and send it again.`,
  }),
  notifications: (number) => ({
    what: `${count(number, "mail")} to the shop could not be sent`,
    why: "The orders themselves are fine; only a mail about them is missing. An admin can send it again.",
  }),
  views: (number) => ({
    what: `${count(number, "change")} of orders ${number === 1 ? "is" : "are"} missing in figures, search and customers`,
    why: "The orders themselves are right. An admin can have it counted.",
  }),
  webhooks: (number) => ({
    what: `${count(number, "event")} for connected shops could not be sent`,
    why: "The orders themselves are fine. An admin can have it sent again.",
  }),
  pages: (number) => ({
    what: `${count(number, "change")} of products ${number === 1 ? "is" : "are"} missing on the shop's pages`,
    why: "The catalog and orders are right. An admin can have the pages made again.",
  }),
  mails: (number) => ({
    what: `${count(number, "mail")} to customers could not be sent`,
    why: "The orders themselves are fine. Each says why, and an admin can send it again.",
  }),
};

/** Return everything that needs attention, the most urgent first: [{tone, what, why, href?, key?, orders?}]. */
export function concerns({ deadLetters, rejected, open, oldest }, now) {
  const dead = (name) =>
    deadLetters[name]
      ? [
          {
            tone: "danger",
            ...DEAD_LETTERS[name](deadLetters[name]),
            href: `/dead-letters.html?source=${name}`,
          },
        ]
      : [];
  const late = ["placed", "packed"]
    .filter((status) => open[status])
    .map((status) => waiting(status, open, oldest, now));
  const others = ["notifications", "views", "webhooks", "pages", "mails"].flatMap(dead);
  return [...dead("orders"), ...refused(rejected), ...late, ...others];
}

function refused({ orders, nextCursor }) {
  if (!orders.length) return [];
  const number = nextCursor
    ? `More than ${orders.length} rejected orders`
    : count(orders.length, "rejected order");
  return [
    {
      tone: "danger",
      what: `${number} to deal with`,
      why: "Of the last 7 days. Each says why. Put it right as a new order, or mark it as dealt with.",
      href: "/orders.html?status=rejected&settled=no&period=week",
      orders: orders.slice(0, 3),
    },
  ];
}

const NEXT = { placed: "packed", packed: "sent out" };

function waiting(status, open, oldest, now) {
  return {
    tone: "warning",
    what: `${count(open[status], "order")} ${status} for longer than a day`,
    why: `Not ${NEXT[status]} yet. The oldest:`,
    href: openOrders(status, { until: dayAgo(now) }),
    key: `late ${status}`, // the address changes each minute
    orders: oldest[status],
  };
}
