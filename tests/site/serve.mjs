// Answers each line of the input, a task of tests/site/deno.py, with one line. Each task has a worker of its own, so
// that no task sees what another left in a module or a global. A worker starts in a fifth of the time of a process.
const zone = Deno.env.get("TZ");
const decoder = new TextDecoderStream();
let rest = "";
for await (const text of Deno.stdin.readable.pipeThrough(decoder)) {
  const lines = (rest + text).split("\n");
  rest = lines.pop();
  for (const line of lines) console.log(await answerOf(line));
}

function answerOf(task) {
  if (zone === undefined) Deno.env.delete("TZ");
  else Deno.env.set("TZ", zone);
  const worker = new Worker(import.meta.resolve("./evaluate.mjs"), { type: "module" });
  const answered = new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      resolve(JSON.stringify({ failure: event.message }));
    };
  });
  worker.postMessage(JSON.parse(task));
  return answered.finally(() => worker.terminate());
}
