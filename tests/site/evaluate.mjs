// Evaluate an expression with one module of the site for each value, without a browser. Called by tests/site/deno.py.
const { file, schemas, prepare, expression, values } = JSON.parse(
  await new Response(Deno.stdin.readable).text(),
);

// The modules load the schemas with fetch(), and some of them look up their elements when they are loaded.
globalThis.fetch = async (url) => {
  if (!String(url).endsWith("/schemas.json")) throw new TypeError(`no network here: ${url}`);
  return new Response(await Deno.readTextFile(schemas));
};
const element = { content: "", addEventListener() {}, matches: () => false };
globalThis.document = {
  getElementById: () => null,
  querySelector: () => element,
  querySelectorAll: () => [],
  createElement: (name) => ({ name }),
  addEventListener() {},
};

const Clock = Date;
globalThis.at = (zone, now) => {
  Deno.env.set("TZ", zone);
  globalThis.Date = class extends Clock {
    constructor(...parts) {
      super(...(parts.length || !now ? parts : [now]));
    }
  };
};

new Function(prepare)();
const module = await import(file);
const evaluate = new Function("module", "value", `return ${expression};`);
const results = [];
for (const value of values) {
  try {
    results.push({ result: await evaluate(module, value) });
  } catch (error) {
    results.push({ error: String(error) });
  }
}
console.log(JSON.stringify(results));
