// The question before a sign-out deletes what a person has typed in this tab and neither sent nor saved.
import { ask } from "../lib/dialogs.js";
import { byId, fill } from "../lib/dom.js";
import { draftsOf } from "../lib/draft.js";

// A sign-out loses these texts, by the kind of draft. A draft of another kind is no typed text, such as the selected orders, or
// an order that the person has discarded.
const TYPED = {
  draft: "an order that is neither sent nor parked",
  edit: "unsaved changes to an order",
  details: "unsaved changes to an order",
  comment: "an unsent comment",
  note: "an unsaved note on a customer",
  product: "unsaved changes to a product",
  import: "an import of products that is not finished",
  cancel: "an unsent reason",
  back: "an unsent reason",
  settle: "an unsent reason",
  unsettle: "an unsent reason",
  redrive: "an unsent note on a dead letter",
  discard: "an unsent reason",
};

/** Resolve to whether to sign out. The person is asked if that deletes typed text. */
export async function maySignOut(who) {
  const lost = draftsOf(who).filter(({ kind, value }) => (kind === "draft" ? value.isUnsafe : value));
  const names = new Set(lost.map(({ kind }) => TYPED[kind]).filter(Boolean));
  if (!names.size) return true;
  fill(byId("sign-out-dialog"), { typed: [...names].join(", and ") });
  return (await ask(byId("sign-out-dialog"))) === "sign-out";
}
