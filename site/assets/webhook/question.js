// The question before a webhook is switched off or deleted, or before a secret of it is removed.
import { ask } from "../lib/dialogs.js";
import { byId, fill } from "../lib/dom.js";

/** Ask a question. Resolve to whether the answer is `yes`, the words of the button. */
export async function askAboutWebhook(question, yes) {
  const dialog = byId("webhook-question");
  fill(dialog, { question, yes });
  return (await ask(dialog, "no")) === "yes";
}
