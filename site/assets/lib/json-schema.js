// @ts-check
// The check of a document against lambdas/schemas.json. lambdas/platform/json_schema.py gives the same results.
// A test runs both checks on the same documents.
/** @typedef {Record<string, any>} Schema */
/** @typedef {{schemas: Record<string, Schema>, schema: Schema, rule: any, value: any, path: string}} Check */
/** @typedef {(value: any) => number | undefined} Measure */
/** @typedef {(size: number, rule: number) => boolean} Comparison */

/** A promise of the schemas by name. The gateway uses the same schemas. */
export const loadedSchemas = fetch(new URL("../schemas.json", import.meta.url)).then((found) => found.json());

/**
 * Return the errors of a document, checked against the schema with this name.
 * @type {(name: string, document: unknown) => Promise<import("./form-errors.js").FieldError[]>}
 */
export async function validate(name, document) {
  const schemas = await loadedSchemas;
  return [...faults(schemas, schemas[name], document, "")];
}

const isObject = (/** @type {unknown} */ value) =>
  typeof value === "object" && value !== null && !Array.isArray(value);
/** @type {Record<string, [(value: unknown) => boolean, string]>} */
const TYPES = {
  object: [isObject, "an object"],
  array: [Array.isArray, "a list"],
  string: [(value) => typeof value === "string", "text"],
  integer: [Number.isInteger, "a whole number"],
  boolean: [(value) => typeof value === "boolean", "true or false"],
};

/** @type {(schemas: Record<string, Schema>, schema: Schema, value: any, path: string) => Generator<import("./form-errors.js").FieldError>} */
function* faults(schemas, schema, value, path) {
  const own = schema.$ref ? schemas[schema.$ref.split("/").at(-1)] : schema;
  const [fits, words] = TYPES[own.type] ?? [() => true, ""];
  if (!fits(value)) yield { path, message: `must be ${words}, got ${shown(value)}` };
  else if (typeof value === "string" && /[\p{Cs}\uFFFE\uFFFF]/u.test(value))
    yield { path, message: `must be text of valid characters, got ${shown(value)}` };
  else
    for (const [keyword, rule] of Object.entries(own))
      yield* RULES[keyword]({ schemas, schema: own, rule, value, path });
}

/** @type {(path: string, field: string) => string} */
const joined = (path, field) => {
  const plain = [...field].length <= 40 && isPrintable(field) && field !== "";
  const name = plain ? field : ascii(JSON.stringify([...field].slice(0, 40).join("")));
  return path ? `${path}.${name}` : name;
};

/** @type {(measure: Measure, words: string, holds: Comparison, nouns?: string[]) => (check: Check) => Generator<import("./form-errors.js").FieldError>} */
function limit(measure, words, holds, nouns = ["", ""]) {
  return function* check({ rule, value, path }) {
    const size = measure(value);
    if (size !== undefined && !holds(size, rule))
      yield { path, message: `must ${words} ${rule}${nouns[rule === 1 ? 0 : 1]}, got ${shown(size)}` };
  };
}

/** @type {Measure} */
const items = (value) => (Array.isArray(value) ? value.length : undefined);
/** @type {Measure} */
const characters = (value) => (typeof value === "string" ? [...value].length : undefined);
/** @type {Measure} */
const itself = (value) => (typeof value === "number" ? value : undefined);
/** @type {[Comparison, Comparison]} */
const [atLeast, atMost] = [(size, rule) => size >= rule, (size, rule) => size <= rule];
const ENTRIES = [" entry", " entries"]; // after a limit of 1, and after any other
const CHARACTERS = [" character", " characters"];

/** @type {Record<string, (check: Check) => Generator<import("./form-errors.js").FieldError>>} */
const RULES = {
  *type() {},
  *description() {},
  *required({ rule, value, path }) {
    for (const field of rule)
      if (!Object.hasOwn(value, field)) yield { path: joined(path, field), message: "is required" };
  },
  *properties({ schemas, rule, value, path }) {
    for (const field of Object.keys(rule)) {
      if (Object.hasOwn(value, field)) yield* faults(schemas, rule[field], value[field], joined(path, field));
    }
  },
  *additionalProperties({ schema, value, path }) {
    for (const field of Object.keys(value)) {
      if (!Object.hasOwn(schema.properties, field))
        yield { path: joined(path, field), message: "is not a field that is known here" };
    }
  },
  *items({ schemas, rule, value, path }) {
    for (const [index, item] of value.entries()) yield* faults(schemas, rule, item, `${path}[${index}]`);
  },
  *enum({ rule, value, path }) {
    if (!rule.includes(value))
      yield { path, message: `must be one of ${rule.join(", ")}, got ${shown(value)}` };
  },
  *pattern({ schema, rule, value, path }) {
    if ([...value].length > (schema.maxLength ?? Infinity) || new RegExp(rule, "u").test(value)) return;
    yield { path, message: `must be ${schema.description ?? `a match of ${rule}`}, got ${shown(value)}` };
  },
  minItems: limit(items, "have at least", atLeast, ENTRIES),
  maxItems: limit(items, "have at most", atMost, ENTRIES),
  minLength: limit(characters, "have at least", atLeast, CHARACTERS),
  maxLength: limit(characters, "have at most", atMost, CHARACTERS),
  minimum: limit(itself, "be at least", atLeast),
  maximum: limit(itself, "be at most", atMost),
};

/** @param {unknown} value */
function shown(value) {
  if (isObject(value)) return "an object";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  const text = JSON.stringify(value);
  const short = [...(isPrintable(text) ? text : ascii(text))];
  return short.length <= 60 ? short.join("") : `${short.slice(0, 60).join("")}…`;
}

const isPrintable = (/** @type {string} */ text) => !/[\p{C}\p{Z}]/u.test(text.replaceAll(" ", ""));
const ascii = (/** @type {string} */ text) =>
  text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
