// The row of titles above pasted rows: which column holds the SKU and which the quantity, in several languages.
import { cellsOf, separatorOf } from "./pasted-cells.js";

const MEASURE = /\(([^()]*)\)/g; // as in "Qty (dozen)"
const plain = (title) =>
  title
    .replace(MEASURE, "")
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^\p{L}]/gu, "");
const titles = (text) => new Set(text.split(",").map(plain));

// The titles of a SKU, surest first. A column "Product" can also hold the name.
const SKU_TITLES = [
  titles("sku, skus, sku code, sku number, sku no, sku nr, sku id"),
  titles(
    `code, reference, ref, item code, item number, item no, item nr, item id, item ref, article code, article number,
    article no, article nr, article id, art no, art nr, product code, product number, product no, product id, product ref,
    stock code, stock number, part number, part no, material number, catalog number, catalogue number, catalogue no,
    Artikelnummer, Artikelnr, Artikelcode, Bestellnummer, Bestellnr, Produktnummer, Produktnr, Produktcode, Materialnummer,
    référence, réf, référence article, référence produit, code article, code produit, numéro d'article, n° d'article,
    codice, codice articolo, codice prodotto, cod articolo, código, código de artículo, código de producto, referencia,
    código do produto, código do artigo, referência, productcode, productnummer, varenummer, varenr, artikelkod,
    tuotekoodi, tuotenumero, kod, kod produktu, indeks, kód, kód produktu, cikkszám, cod produs, артикул, ürün kodu,
    stok kodu, κωδικός, 商品コード, 品番, 产品编号, 货号, 상품코드, 품번`,
  ),
  titles(
    `item, items, article, articles, product, products, part, stock, art, Artikel, Produkt, produit, artículo, producto,
    articolo, prodotto, artigo, produto, vare, tuote, towar`,
  ),
];
// "Amount" is missing, because it is as often a sum of money, and "Unit", because it is a measure.
const QUANTITY_TITLES = titles(
  `quantity, quantities, qty, qtys, order qty, qty ordered, ordered qty, order quantity, quantity ordered, ordered quantity,
  pieces, pcs, units, count, Menge, Bestellmenge, Anzahl, Stück, Stk, Stückzahl, quantité, qté, nombre, cantidad, cant,
  unidades, quantità, qtà, quantidade, qtd, aantal, antal, antall, kpl, määrä, ilość, sztuk, szt, množství, počet, ks,
  mennyiség, darab, cantitate, количество, кол-во, miktar, adet, ποσότητα, 数量, 個数, 수량`,
);
const UNIT_TITLES = titles(
  "unit, uom, unit of measure, Einheit, ME, VE, unité, unidad, unità, eenheid, enhet, enhed",
);

/**
 * Return a row of titles, or null if the record is none. It is {row, text, separator, names, sku, quantity, unit?, measure?}
 * with the positions of the columns and the unit in the title "Qty (dozen)", {row, text} if blanks separate titles of several words, such as "Product code Quantity", or
 * {row, text, fault} if the titles can be understood in two ways.
 */
export function titlesIn(record) {
  const separator = separatorOf(record);
  const names = cellsOf(record, separator);
  while (names.at(-1) === "") names.pop();
  if (names.length < 2 || names.some((name) => IS_NUMBER.test(name))) return null;
  return separator === " " && names.length > 2
    ? betweenBlanks(record, names)
    : inCells(record, separator, names);
}

const IS_NUMBER = /^\P{L}*\p{Nd}\P{L}*$/u;

function inCells({ row, text }, separator, names) {
  const where = (set) => [...names.keys()].filter((index) => set.has(plain(names[index])));
  const sku = SKU_TITLES.map(where).find((columns) => columns.length) ?? [];
  const quantity = where(QUANTITY_TITLES);
  if (!sku.length || (separator === " " && !quantity.length)) return null;
  const fault = doubt("SKU", sku, names) || doubt("quantity", quantity, names);
  if (fault) return { row, text, fault };
  const [measure] = [...names[quantity[0]].matchAll(MEASURE)].map((found) => found[1].trim());
  const [unit] = where(UNIT_TITLES);
  return { row, text, separator, names, sku: sku[0], quantity: quantity[0], unit, measure };
}

function doubt(what, columns, names) {
  if (columns.length === 1) return "";
  if (!columns.length) return `has no title for the ${what}: write Quantity above that column`;
  return `has two titles for the ${what}, ${columns.map((index) => names[index]).join(" and ")}`;
}

const MAX_TITLE_WORDS = 8; // a sentence of a mail can have the same words, but more of them

function betweenBlanks({ row, text }, words) {
  const pairs = words.map((word, index) => word + (words[index + 1] ?? ""));
  const isSku = (title) => SKU_TITLES.some((set) => set.has(plain(title)));
  if (words.length > MAX_TITLE_WORDS || ![...words, ...pairs].some(isSku)) return null;
  if (!words.some((word) => QUANTITY_TITLES.has(plain(word)))) return null;
  const isUsual = (isSku(words[0]) || isSku(pairs[0])) && QUANTITY_TITLES.has(plain(words.at(-1)));
  return isUsual
    ? { row, text }
    : { row, text, fault: "has titles between blanks: separate all cells by tabs" };
}
