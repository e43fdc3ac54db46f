// A worker that evaluates an expression with one module of the site for each value, without a browser. It answers
// with a list of {result} or {error}, or with {failure} if the module or the expression cannot be loaded.
const { file, schemas, prepare, expression, values } = await new Promise((resolve) => {
  addEventListener("message", ({ data }) => resolve(data), { once: true });
});

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

// A worker has no storage of its own.
function newStorage() {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, text) => void kept.set(key, String(text)),
    removeItem: (key) => void kept.delete(key),
  };
}
globalThis.sessionStorage = newStorage();
globalThis.localStorage = newStorage();

const Clock = Date;
globalThis.at = (zone, now) => {
  Deno.env.set("TZ", zone);
  globalThis.Date = class extends Clock {
    constructor(...parts) {
      super(...(parts.length || !now ? parts : [now]));
    }
  };
};

async function evaluateAll() {
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
  return results;
}

const answer = await evaluateAll().catch((error) => ({ failure: String(error) }));
postMessage(JSON.stringify(answer));
