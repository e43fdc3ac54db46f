// The names of columns by which the fields of products are found, in several languages. local/catalog_titles.py has the same
// names, and a test compares them.

import { LABELS } from "../catalog/words.js";

/** The fields of a product in the sequence in which they are shown and exported. */
export const FIELDS =
  "sku name category unitPrice currency unit active description packSize netContent minQuantity vatClass signalWord pictograms hazardStatements ufi".split(
    " ",
  );

/** The names of the fields as columns of exported files. */
export const COLUMNS = Object.fromEntries(FIELDS.map((field) => [field, LABELS[field] ?? "SKU"]));

/** The column that the file of refused rows has beside those of its file. */
export const FAULT = "Fault";

/** The names of each field, surest first. */
export const TITLES = {
  sku: [
    `sku, skus, sku code, sku number, sku no, sku nr, sku id`,
    `code, reference, ref, item code, item number, item no, item nr, item id, article code, article number, article no,
    art no, art nr, product code, product number, product no, product id, stock code, part number, part no, material number,
    Artikelnummer, Artikelnr, Artikelcode, Bestellnummer, Bestellnr, Produktnummer, Produktnr, Produktcode, Materialnummer,
    référence, réf, référence article, référence produit, code article, code produit, código, código de artículo,
    código de producto, referencia, productcode, productnummer`,
  ],
  name: [
    `name, product name, item name, article name, title, product title, Bezeichnung, Artikelbezeichnung, Artikelname,
    Produktname, Produktbezeichnung, nom, nom du produit, désignation, libellé, intitulé, nombre, nombre del producto,
    denominación, naam, productnaam, artikelnaam, omschrijving`,
    `product, item, article, Artikel, Produkt, produit, producto, artículo`,
  ],
  category: [
    `category, product category, product group, group, department, Kategorie, Warengruppe, Produktgruppe, Artikelgruppe,
    catégorie, famille, rayon, groupe, categoría, familia, grupo, categorie, productgroep, artikelgroep`,
  ],
  unitPrice: [
    `price, unit price, sales price, selling price, new price, net price, list price, price each, Preis, Einzelpreis,
    Stückpreis, Verkaufspreis, VK, VK Preis, Nettopreis, Listenpreis, neuer Preis, prix, prix unitaire, prix de vente,
    prix net, nouveau prix, PU, precio, precio unitario, precio de venta, nuevo precio, prijs, stukprijs, verkoopprijs,
    eenheidsprijs, nieuwe prijs`,
  ],
  currency: [`currency, currency code, Währung, devise, monnaie, moneda, divisa, valuta, munt`],
  unit: [
    `unit, uom, unit of measure, sales unit, Einheit, Mengeneinheit, Verkaufseinheit, ME, VE, unité, unité de vente,
    unidad, unidad de medida, eenheid, verkoopeenheid`,
  ],
  active: [
    `sold, active, is active, for sale, on sale, available, status, aktiv, verkauft, lieferbar, actif, en vente, vendu,
    disponible, activo, en venta, actief, te koop, verkocht, leverbaar`,
  ],
  description: [
    `description, product description, long description, details, Beschreibung, Produktbeschreibung, Langtext,
    descriptif, description du produit, descripción, beschrijving, productbeschrijving`,
  ],
  packSize: [
    `pieces in a unit, pieces per unit, units per pack, Stück je Einheit, pièces par unité, unidades por paquete,
    stuks per eenheid`,
  ],
  netContent: [
    `net content, net contents, net quantity, content of a piece, volume, Nettoinhalt, Füllmenge, Inhalt, contenu net,
    contenance, contenido neto, netto inhoud`,
  ],
  minQuantity: [
    `minimum quantity, min quantity, minimum order quantity, min order quantity, MOQ, Mindestmenge,
    Mindestbestellmenge, quantité minimum, quantité minimale, cantidad mínima, minimum aantal, minimale afname`,
  ],
  vatClass: [`VAT class, tax class, Steuerklasse, classe de TVA, clase de IVA, btw klasse`],
  signalWord: [`signal word, Signalwort, mention d'avertissement, palabra de advertencia, signaalwoord`],
  pictograms: [
    `pictograms, hazard pictograms, GHS pictograms, Piktogramme, Gefahrenpiktogramme, pictogrammes, pictogrammes
    de danger, pictogramas, pictogrammen`,
  ],
  hazardStatements: [
    `hazard statements, H and P statements, Gefahrenhinweise, H und P Sätze, mentions de danger, indicaciones de
    peligro, gevarenaanduidingen`,
  ],
  ufi: [`UFI, UFI code, unique formula identifier`],
};

/** Return a title in the form in which titles are compared: letters only, without what is in brackets. */
export const plain = (title) =>
  title
    .replace(/\([^()]*\)/g, "")
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^\p{L}]/gu, "");

const sets = Object.fromEntries(
  FIELDS.map((field) => [field, TITLES[field].map((names) => new Set(names.split(",").map(plain)))]),
);

// A price of a hundred, or in pence, is for a person to decide about.
const OTHER_MEASURE = /\b10+\b|\((?:p|pence|ct|cents?)\)/i;
const isOther = (field, title) => field === "unitPrice" && OTHER_MEASURE.test(title);

/**
 * Return {places, doubts}: `places` has the index of the column of each field that a row of titles has surely, and `doubts` are
 * [{field, columns}] of the fields that several columns could hold.
 * @param {string[]} header
 */
export function guess(header) {
  const titles = header.map(plain);
  const [places, doubts] = [{}, []];
  for (const field of FIELDS) {
    const fitting = [...titles.keys()].filter((at) => !isOther(field, header[at]));
    const found = sets[field].map((names) => fitting.filter((at) => names.has(titles[at])));
    const columns = found.find((some) => some.length) ?? [];
    if (columns.length === 1) places[field] = columns[0];
    if (columns.length > 1) doubts.push({ field, columns });
  }
  return { places, doubts };
}
