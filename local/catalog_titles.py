"""The names of columns by which the fields of products are found in a file, in several languages.

`site/assets/import/titles.js` has the same names, and a test compares them.
"""

import re
import unicodedata
from typing import NamedTuple

from lambdas.shop.catalog import IN_COLUMNS

FIELDS = ("sku", "name", "category", "unitPrice", "currency", "unit", "active", *IN_COLUMNS)
COLUMNS = (
    "SKU", "Name", "Category", "Price", "Currency", "Unit", "Sold", "Description",
    "Pieces in a unit", "Net content", "Minimum quantity", "VAT class",
    "Signal word", "Pictograms", "Hazard statements", "UFI",
)  # fmt: skip
FAULT = "Fault"
"""The column that the file of refused rows has beside those of its file."""

# The names of each field, surest first.
TITLES: dict[str, list[str]] = {
    "sku": [
        """sku, skus, sku code, sku number, sku no, sku nr, sku id""",
        """code, reference, ref, item code, item number, item no, item nr, item id, article code, article
        number, article no, art no, art nr, product code, product number, product no, product id,
        stock code, part number, part no, material number, Artikelnummer, Artikelnr, Artikelcode,
        Bestellnummer, Bestellnr, Produktnummer, Produktnr, Produktcode, Materialnummer, référence,
        réf, référence article, référence produit, code article, code produit, código, código de
        artículo, código de producto, referencia, productcode, productnummer""",
    ],
    "name": [
        """name, product name, item name, article name, title, product title, Bezeichnung,
        Artikelbezeichnung, Artikelname, Produktname, Produktbezeichnung, nom, nom du produit,
        désignation, libellé, intitulé, nombre, nombre del producto, denominación, naam, productnaam,
        artikelnaam, omschrijving""",
        """product, item, article, Artikel, Produkt, produit, producto, artículo""",
    ],
    "category": [
        """category, product category, product group, group, department, Kategorie, Warengruppe,
        Produktgruppe, Artikelgruppe, catégorie, famille, rayon, groupe, categoría, familia, grupo,
        categorie, productgroep, artikelgroep""",
    ],
    "unitPrice": [
        """price, unit price, sales price, selling price, new price, net price, list price, price each,
        Preis, Einzelpreis, Stückpreis, Verkaufspreis, VK, VK Preis, Nettopreis, Listenpreis, neuer
        Preis, prix, prix unitaire, prix de vente, prix net, nouveau prix, PU, precio, precio
        unitario, precio de venta, nuevo precio, prijs, stukprijs, verkoopprijs, eenheidsprijs, nieuwe
        prijs""",
    ],
    "currency": [
        """currency, currency code, Währung, devise, monnaie, moneda, divisa, valuta, munt""",
    ],
    "unit": [
        """unit, uom, unit of measure, sales unit, Einheit, Mengeneinheit, Verkaufseinheit, ME, VE,
        unité, unité de vente, unidad, unidad de medida, eenheid, verkoopeenheid""",
    ],
    "active": [
        """sold, active, is active, for sale, on sale, available, status, aktiv, verkauft, lieferbar,
        actif, en vente, vendu, disponible, activo, en venta, actief, te koop, verkocht, leverbaar""",
    ],
    "description": [
        """description, product description, long description, details, Beschreibung,
        Produktbeschreibung, Langtext, descriptif, description du produit, descripción, beschrijving,
        productbeschrijving""",
    ],
    "packSize": [
        """pieces in a unit, pieces per unit, units per pack, Stück je Einheit, pièces par unité, unidades
        por paquete, stuks per eenheid""",
    ],
    "netContent": [
        """net content, net contents, net quantity, content of a piece, volume, Nettoinhalt, Füllmenge,
        Inhalt, contenu net, contenance, contenido neto, netto inhoud""",
    ],
    "minQuantity": [
        """minimum quantity, min quantity, minimum order quantity, min order quantity, MOQ, Mindestmenge,
        Mindestbestellmenge, quantité minimum, quantité minimale, cantidad mínima, minimum aantal,
        minimale afname""",
    ],
    "vatClass": [
        """VAT class, tax class, Steuerklasse, classe de TVA, clase de IVA, btw klasse""",
    ],
    "signalWord": [
        """signal word, Signalwort, mention d'avertissement, palabra de advertencia, signaalwoord""",
    ],
    "pictograms": [
        """pictograms, hazard pictograms, GHS pictograms, Piktogramme, Gefahrenpiktogramme, pictogrammes,
        pictogrammes de danger, pictogramas, pictogrammen""",
    ],
    "hazardStatements": [
        """hazard statements, H and P statements, Gefahrenhinweise, H und P Sätze, mentions de danger,
        indicaciones de peligro, gevarenaanduidingen""",
    ],
    "ufi": [
        """UFI, UFI code, unique formula identifier""",
    ],
}


class Guess(NamedTuple):
    """The index of the column of each field that is surely there, and the fields that several could hold."""

    places: dict[str, int]
    doubts: dict[str, list[int]]


def plain(title: str) -> str:
    """Return a title in the form in which titles are compared: letters only, without what is in brackets."""
    decomposed = unicodedata.normalize("NFKD", re.sub(r"\([^()]*\)", "", title).lower())
    return "".join(letter for letter in decomposed if letter.isalpha())


_SETS = {
    field: [frozenset(map(plain, names.split(","))) for names in ranks] for field, ranks in TITLES.items()
}


# A price of a hundred, or in pence, is for a person to decide about.
_OTHER_MEASURE = re.compile(r"\b10+\b|\((?:p|pence|ct|cents?)\)", re.I | re.ASCII)


def guess(header: list[str]) -> Guess:
    """Return which column of a row of titles has which field."""
    titles = [plain(title) for title in header]
    found = Guess({}, {})
    for field in FIELDS:
        others = {at for at, title in enumerate(header) if _OTHER_MEASURE.search(title)}
        left_out = others if field == "unitPrice" else set()
        ranks = (
            [at for at, title in enumerate(titles) if title in names and at not in left_out]
            for names in _SETS[field]
        )
        columns = next(filter(None, ranks), [])
        if len(columns) == 1:
            found.places[field] = columns[0]
        elif columns:
            found.doubts[field] = columns
    return found
