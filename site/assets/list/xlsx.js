// An Excel workbook with one sheet (ECMA-376). Numbers and times are numbers in it, whatever the language of the computer, and
// a text is never run as a formula.
import { fractionDigits } from "../lib/format.js";
import { zip } from "./zip.js";

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const DAY_MS = 86_400_000;
const UNIX_DAY = 25_569; // 1970-01-01 as a day of Excel
// The styles of cells, by their place: plain, bold, time, and amounts with 0, 1, 2 and 3 digits of fraction.
const [BOLD, TIME, AMOUNT] = [1, 2, 3];
const FORMATS = ["yyyy-mm-dd hh:mm", "#,##0", "#,##0.0", "#,##0.00", "#,##0.000"];
const FIRST_FORMAT = 164; // lower numbers are Excel's own
const WIDTH = 18; // letters

const xml = (body) => `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${body}`;
const line = (cells) => `<row>${cells.map(written).join("")}</row>`;

/** The form of the file. */
export const xlsx = { extension: "xlsx", line, file };

function file(names, lines, title = "Orders") {
  const head = `<row>${names.map((name) => text(name, BOLD)).join("")}</row>`;
  const parts = {
    "[Content_Types].xml": contentTypes(),
    "_rels/.rels": relations({ rId1: [`${OFFICE}/officeDocument`, "xl/workbook.xml"] }),
    "xl/workbook.xml": xml(
      `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${title}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ),
    "xl/_rels/workbook.xml.rels": relations({
      rId1: [`${OFFICE}/worksheet`, "worksheets/sheet1.xml"],
      rId2: [`${OFFICE}/styles`, "styles.xml"],
    }),
    "xl/styles.xml": styles(),
    "xl/worksheets/sheet1.xml": sheet(names.length, [head, ...lines]),
  };
  return new Blob(zip(parts), { type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" });
}

function contentTypes() {
  const type = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  const parts = {
    "workbook.xml": "sheet.main",
    "worksheets/sheet1.xml": "worksheet",
    "styles.xml": "styles",
  };
  const overrides = Object.entries(parts).map(
    ([path, kind]) => `<Override PartName="/xl/${path}" ContentType="${type}.${kind}+xml"/>`,
  );
  const relationships = "application/vnd.openxmlformats-package.relationships+xml";
  return xml(
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="${relationships}"/>` +
      `<Default Extension="xml" ContentType="application/xml"/>${overrides.join("")}</Types>`,
  );
}

function relations(targets) {
  const each = Object.entries(targets).map(
    ([id, [type, target]]) => `<Relationship Id="${id}" Type="${type}" Target="${target}"/>`,
  );
  return xml(`<Relationships xmlns="${PACKAGE}/relationships">${each.join("")}</Relationships>`);
}

function styles() {
  const formats = FORMATS.map((code, at) => `<numFmt numFmtId="${FIRST_FORMAT + at}" formatCode="${code}"/>`);
  const cells = FORMATS.map(
    (_, at) =>
      `<xf numFmtId="${FIRST_FORMAT + at}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`,
  );
  const plain = `<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>`;
  const bold = `<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>`;
  return xml(
    `<styleSheet xmlns="${MAIN}"><numFmts count="${formats.length}">${formats.join("")}</numFmts>` +
      `<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
      `<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
      `<borders count="1"><border/></borders><cellStyleXfs count="1">${plain}</cellStyleXfs>` +
      `<cellXfs count="${cells.length + 2}">${plain}${bold}${cells.join("")}</cellXfs>` +
      `<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`,
  );
}

const sheet = (columns, rows) =>
  xml(
    `<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0">` +
      `<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
      `<cols><col min="1" max="${columns}" width="${WIDTH}" customWidth="1"/></cols>` +
      `<sheetData>${rows.join("")}</sheetData></worksheet>`,
  );

function written({ kind, value, currency }) {
  if (kind === "number") return `<c><v>${value}</v></c>`;
  if (kind === "time") return `<c s="${TIME}"><v>${serial(value)}</v></c>`;
  return kind === "amount" ? amount(value, fractionDigits(currency)) : text(value);
}

const amount = (minorUnits, digits) =>
  `<c s="${AMOUNT + digits}"><v>${(minorUnits / 10 ** digits).toFixed(digits)}</v></c>`;

/** Return a time in the person's time zone as the days of Excel. */
function serial(iso) {
  const date = new Date(iso);
  return (date.getTime() - date.getTimezoneOffset() * 60_000) / DAY_MS + UNIX_DAY;
}

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

function text(value, style = 0) {
  const safe = value.replace(NOT_XML, "").replace(/[&<>]/g, (sign) => ENTITIES[sign]);
  return `<c s="${style}" t="inlineStr"><is><t xml:space="preserve">${safe}</t></is></c>`;
}
