// The recall list as a file, in the format that is chosen for exports of the list.
import { announce } from "../lib/dom.js";
import { download } from "../lib/download.js";
import { chosenFormat, FORMATS } from "../list/file-format.js";

const NAMES = [
  "Name",
  "Company",
  "E-mail",
  "Phone",
  "Address",
  "Orders",
  "Quantity",
  "Last order",
  "Last taken",
  "Status",
];

/** Save the rows of `peopleOf` for a product since a date. */
export function exportRecall(sku, since, people) {
  const { extension, line, file } = FORMATS[chosenFormat()];
  const lines = people.map((row) => line(cellsOf(row)));
  download(file(NAMES, lines, "Recall list"), `recall-${sku}-since-${since}.${extension}`);
  announce("Exported.");
}

const text = (value = "") => ({ kind: "text", value });
const number = (value) => ({ kind: "number", value });

/** Return the cells of a row. */
export function cellsOf({ customer, orders, quantity, last }) {
  const { name, company, email, phone, address } = customer;
  const of = [name, company, email, phone, address].map((value) => text(value));
  const lastTaken = { kind: "time", value: last.createdAt };
  return [
    ...of,
    number(orders),
    number(quantity),
    text(last.number ? `#${last.number}` : last.orderID),
    lastTaken,
    text(last.status),
  ];
}
