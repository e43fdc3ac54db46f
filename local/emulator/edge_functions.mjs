// Runs CloudFront functions. Each line of the input is {code, event}, and each line of the output {value} or {error}.
const handlers = new Map();

function handlerOf(code) {
  const quiet = { log() {} }; // the output is for results
  if (!handlers.has(code)) handlers.set(code, new Function("console", `${code};return handler;`)(quiet));
  return handlers.get(code);
}

async function answer({ code, event }) {
  try {
    return { value: await handlerOf(code)(event) };
  } catch (error) {
    return { error: String(error) };
  }
}

let rest = "";
for await (const part of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + part).split("\n");
  rest = lines.pop();
  for (const line of lines) console.log(JSON.stringify(await answer(JSON.parse(line))));
}
