"""Files of the catalog as the loader reads them. The page reads the same bytes in the same way."""

import codecs
from pathlib import Path
from typing import Any

import pytest

from local import catalog_file
from local.csv_file import CsvError
from tests.site.deno import evaluate

HEAD = "SKU,Name,Category,Price,Currency,Unit,Sold,Description"
PAIL = "A-1,Pail,Pails,3.00,GBP,each,yes,"

# The page's own steps, from bytes to products.
STEPS = """(async () => {
    const [decode, table, items] = await Promise.all(["decode", "table", "items"].map(
        (name) => import(value.base + name + ".js")));
    const read = decode.decoded(Uint8Array.from(value.bytes), value.encoding);
    if (!read.text) return { fault: read.fault ?? "unknown" };
    const head = table.headOf(read.text);
    if (head.fault) return { fault: head.fault };
    const { places, doubts } = module.guess(head.header);
    const rows = table.rowsOf(head, (cells) => items.looksLikeRow(cells, places));
    const found = items.productRows(rows, { places, header: head.header, currency: "GBP" });
    return { head, places, doubts, partial: items.isPartial(places), rows: found };
})()"""

FILES: dict[str, bytes] = {
    "whole": f"{HEAD}\n{PAIL}\nB-2,Mop,Mops,\"1,50\",GBP,each,no,Wet\n".encode(),
    "mark": codecs.BOM_UTF8 + f"{HEAD}\r\n{PAIL}\r\n".encode(),
    "UTF-16": f"{HEAD}\n{PAIL}\n".encode("utf-16"),
    "UTF-16 big": codecs.BOM_UTF16_BE + f"{HEAD}\n{PAIL}\n".encode("utf-16-be"),
    "semicolons": b"SKU;Price\nA-1;2,50\nB-2;3.00\n",
    "tabs": b"SKU\tPrice\nA-1\t2.50\n",
    "bars": b"SKU|Price\nA-1|2.50\n",
    "Excel's first line": b"sep=|\r\nSKU|Price\r\nA-1|2.50\r\n",
    "only carriage returns": b"SKU,Price\rA-1,2.50\rB-2,3\r",
    "titles above": b"Price list 2027\n\nValid from,1 January\nArt.-Nr.,Preis\nA-1,2.50\n",
    "blank cells above": b"Shop;;;\n;;;\n\nValid from;;;\n;;\nSKU;Name;Price;\nA-1;Mop;2,50;\n",
    "blank rows": b"SKU,Price\n\n,\nA-1,2.50\n , \n",
    "no line end": b"SKU,Price\nA-1,2.50",
    "prices": b"SKU,Price\n00123,2.50\n123,-1\n1.23E+11,3\n,4\nA,1E5\n",
    "doubled SKU": b"SKU,Price\nA-1,2.50\nB,x\n A-1 ,3\nB,2\n",
    "short and long rows": b"SKU,Name,Price\nA-1,Pail\nB-2,Mop,2.50,,\nC-3,Mop,2.50,x\nD-4,Mop,2\n",
    "stray quote": b'SKU,Name,Price\nA-1,"Pail,2.50\nB-2,Mop",3\nC-3,Rag,1\n',
    "quote never closed": b'SKU,Name,Price\nA-1,"Pail,2.50\nB-2,Mop,3\n',
    "text behind a quote": b'SKU,Name,Price\nA-1,"Pail" big,2.50\nB-2,Mop,3\n',
    "inches": b'SKU,Name,Price\nA-1,Pipe 5",2.50\nB-2,"Pipe 6""",3\n',
    "lines in a cell": (
        f'{HEAD}\nA-1,Pail,Pails,3,GBP,each,yes,"Two\nlines, a,b,c,d,e,f,g,h"\n'
        "B-2,Pail,Pails,3,GBP,each,yes,x\n"
    ).encode(),
    "a row in a cell": (
        f'{HEAD}\nA-1,Pail,Pails,3,GBP,each,yes,"Two\nB-2,Mop,Mops,4,GBP,each,no,"\n'
        "C-3,Mop,Mops,4,GBP,each,no,\n"
    ).encode(),
    "a row among the lines of a cell": (
        f'{HEAD}\nA-1,Pail,Pails,3,GBP,each,yes,"Two\nB-2,Mop,Mops,4,GBP,each,no,\nand, more"\n'
    ).encode(),
    "guards": b"SKU,Name,Price\n'00123,'=1+1,2.50\nB-2,'ello,3\n",
    "encoded twice": "SKU,Name,Price\nA-1,MÃ¼ller,2\nB-2,Müller,2\n".encode(),
    "no description": f"{HEAD[:-12]}\n{PAIL[:-1]}\n".encode(),
    "description without words": b"SKU,Price,Description\nA-1,2.50,\nB-2,2,x\n",
    "price in euros": "SKU,Preis (€)\nA-1,2.50\n".encode(),
    "own currency": b"SKU,Price,Currency\nA-1,2.50,EUR\nB-2,\xc2\xa32.50,EUR\nC-3,2,\nD-4,2,euro\n",
    "refused before": b"Fault,SKU,Price\n\"Price: must be\",A-1,2.50\n",
    "a zero byte in a name": b"SKU,Name,Price\nA-1,An\x00na\x07 Pail,2\nB-2,Mop,3\n",
    "spreadsheet errors": b"SKU,Name,Price\nA-1,#N/A,2\nnan,Pail,2\n",
}  # fmt: skip


def on_the_page(content: bytes, encoding: str = "") -> Any:
    base = (Path(__file__).parents[2] / "site/assets/import").as_uri() + "/"
    given = {"bytes": list(content), "encoding": encoding, "base": base}
    (found,) = evaluate("import/titles.js", STEPS, [given])
    return found


def loaded(tmp_path: Path, content: bytes, encoding: str = "") -> catalog_file.CatalogFile | None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    return catalog_file.read(path, encoding)


@pytest.mark.parametrize("name", FILES)
def test_the_page_and_the_loader_read_a_file_in_the_same_way(tmp_path: Path, name: str) -> None:
    file = loaded(tmp_path, FILES[name])
    assert file is not None
    page = on_the_page(FILES[name])
    head = page["head"]
    assert (file.header, file.above, file.separator) == (head["header"], head["above"], head["separator"])
    assert file.header_row == head["headerRow"]
    assert (file.places, file.partial, page["doubts"]) == (page["places"], page["partial"], [])
    rows = catalog_file.rows(file, "GBP")
    assert [row.row for row in rows] == [row["row"] for row in page["rows"]]
    for ours, theirs in zip(rows, page["rows"], strict=True):
        assert ours.cells == theirs["cells"]
        assert ours.item == theirs["item"]
        for mine, other in ((ours.faults, theirs["faults"]), (ours.doubts, theirs["doubts"])):
            assert [(fault.field, fault.value) for fault in mine] == [
                (one["field"], one["value"]) for one in other
            ]
            rules = [fault.rule for fault in mine]
            assert [rule for rule in rules if "quote or cell" not in rule] == [
                one["rule"] for one in other if "closing quote" not in one["rule"]
            ]


def outcome(tmp_path: Path, name: str) -> list[tuple[int, dict[str, Any], list[str]]]:
    file = loaded(tmp_path, FILES[name])
    assert file is not None
    return [
        (row.row, row.item, [f"{fault.field} {fault.rule}" for fault in row.faults])
        for row in catalog_file.rows(file, "GBP")
    ]


def test_a_whole_product_has_all_fields_of_its_row(tmp_path: Path) -> None:
    first, second = outcome(tmp_path, "whole")
    pail = {"sku": "A-1", "name": "Pail", "category": "Pails", "unitPrice": 300, "currency": "GBP"}
    # Null removes the description of a product. Fields without a column stay as they are.
    assert first == (2, pail | {"unit": "each", "active": True, "description": None}, [])
    assert (second[1]["unitPrice"], second[1]["active"], second[1]["description"]) == (150, False, "Wet")


def test_a_description_that_is_empty_is_removed_and_one_without_a_column_stays(tmp_path: Path) -> None:
    assert outcome(tmp_path, "description without words")[0][1]["description"] is None
    assert "description" not in outcome(tmp_path, "no description")[0][1]


def test_rows_above_the_column_names_are_told_without_blank_ones_and_separators(tmp_path: Path) -> None:
    file = loaded(tmp_path, FILES["blank cells above"])
    assert file is not None
    assert (file.header_row, file.above) == (6, ["Shop", "Valid from"])


@pytest.mark.parametrize(
    "title", ["Price (p)", "Price (pence)", "Preis (ct)", "VK/100", "Price per 100", "Preis (je 100 St.)"]
)
def test_a_price_of_another_measure_is_not_taken_for_the_price_of_a_unit(tmp_path: Path, title: str) -> None:
    content = f"SKU,Name,{title}\nA-1,Pail,250\n".encode()
    file = loaded(tmp_path, content)
    assert file is not None
    assert file.places == {"sku": 0, "name": 1} == on_the_page(content)["places"]


@pytest.mark.parametrize(
    "title", ["Price (GBP)", "Price (ex. VAT)", "Preis 2027", "VK 1", "Price (per piece)"]
)
def test_a_remark_on_a_price_leaves_it_a_price(tmp_path: Path, title: str) -> None:
    content = f"SKU,{title}\nA-1,2.50\n".encode()
    file = loaded(tmp_path, content)
    assert file is not None
    assert file.places == {"sku": 0, "unitPrice": 1} == on_the_page(content)["places"]


def test_leading_zeros_stay_and_changed_skus_and_prices_are_refused_by_row(tmp_path: Path) -> None:
    rows = outcome(tmp_path, "prices")
    assert [row for row, _, faults in rows if faults] == [3, 4, 5, 6]
    assert rows[0][1]["sku"] == "00123"


def test_rows_that_a_stray_quote_joins_are_refused_and_reading_goes_on(tmp_path: Path) -> None:
    for name, refused in (("stray quote", [2]), ("quote never closed", [2]), ("a row in a cell", [2, 3])):
        assert [row for row, _, faults in outcome(tmp_path, name) if "quote" in "".join(faults)] == refused
    assert outcome(tmp_path, "stray quote")[-1] == (4, {"sku": "C-3", "name": "Rag", "unitPrice": 100}, [])
    assert [faults for _, _, faults in outcome(tmp_path, "lines in a cell")] == [[], []]
    rows = outcome(tmp_path, "a row among the lines of a cell")
    assert [(row, bool(faults)) for row, _, faults in rows] == [(2, True), (3, False), (4, True)]


def test_a_later_row_of_a_sku_is_refused_and_names_the_first(tmp_path: Path) -> None:
    rows = outcome(tmp_path, "doubled SKU")
    assert [faults for _, _, faults in rows][2] == ["sku must be in the file only once: row 2 has it"]
    assert [faults for _, _, faults in rows][3] == ["sku must be in the file only once: row 3 has it"]


@pytest.mark.parametrize(
    ("content", "told", "said"),
    [
        (b"PK\x03\x04" + b"x" * 99, "it is a spreadsheet", "This is a spreadsheet"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 99, "it is a spreadsheet", "This is a spreadsheet"),
        (b"SKU,Price,Price\nA,1,2\n", "the columns 2 and 3, Price and Price, may each be", "is there twice"),
        ("SKU,Price\nA,1\n".encode("utf-16-le") * 9, "seems to be UTF-16", "UTF-16 without its mark"),
        (b"SKU,Name,Price\nA,M\xfcller,1\n", "row 2, column Name: the bytes", "unknown"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, told: str, said: str
) -> None:
    with pytest.raises(CsvError, match=told):
        loaded(tmp_path, content)
    assert said in on_the_page(content)["fault"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty."),
        (b" \n\n", "This file is empty."),
        (codecs.BOM_UTF8, "This file is empty."),
        (b"A-1,2.50\nB-2,3.00\n", "no row of column names"),
        (b"hello", "no row of column names"),
        (b"%PDF-1.7 x", "This is a PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not a text file"),
        (codecs.BOM_UTF32_LE + b"x\0\0\0", "UTF-32"),
        (codecs.BOM_UTF16_LE + b"x\0\0\xd8", "damaged"),
    ],
)
def test_the_page_says_what_a_file_is_that_it_cannot_read(content: bytes, said: str) -> None:
    assert said in on_the_page(content)["fault"]


def test_column_names_that_nobody_knows_are_for_a_person_to_assign() -> None:
    page = on_the_page(b"Kodas;Kaina\nA-1;2,50\n")
    assert (page["head"]["header"], page["places"]) == (["Kodas", "Kaina"], {})


def test_a_file_in_windows_1252_is_read_after_the_choice(tmp_path: Path) -> None:
    content = "SKU,Name,Price\nA,Müller € 5,1\n".encode("cp1252")
    assert on_the_page(content, "windows-1252")["rows"][0]["item"]["name"] == "Müller € 5"
    file = loaded(tmp_path, content, "cp1252")
    assert file is not None
    assert catalog_file.rows(file, "GBP")[0].item["name"] == "Müller € 5"
    (shown,) = evaluate("import/decode.js", "module.examples(Uint8Array.from(value))", [list(content)])
    assert shown[0] == {
        "encoding": "windows-1252",
        "name": "Windows, Western Europe (1252)",
        "example": "A,Müller € 5,1",
    }


def test_encodings_are_told_apart_by_a_line_that_they_read_in_different_ways() -> None:
    content = "SKU,Name\nA,Müller\nB,Mop\nC,Señal ß\n".encode("cp1252")
    (shown,) = evaluate("import/decode.js", "module.examples(Uint8Array.from(value))", [list(content)])
    assert [one["example"] for one in shown[:2]] == ["C,Señal ß", "C,Seńal ß"]


def test_a_file_of_invoices_is_none_of_the_catalog(tmp_path: Path) -> None:
    names = b"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    assert loaded(tmp_path, names + b"1,A,Pail,1,2010-12-01,1,7,UK\n") is None
    assert loaded(tmp_path, b"hello,world\n") is None
