// Editing an order while it is placed. What is typed is kept until it is saved or dropped.
import { call } from "../lib/api.js";
import { announce, byId } from "../lib/dom.js";
import { draft } from "../lib/draft.js";
import { sessionEnded } from "../shell/shell.js";
import { choose, differences } from "./changes.js";
import { orderForm } from "./form.js";
import { isOwnChange } from "./status.js";

const valuesOf = ({ customer, items, notes, currency }) => ({
  customer,
  notes,
  items: items.map((item) => ({ ...item, currency })),
});

/** Opens the form on the order. Answers {order?, notice?} when it is saved or dropped. */
export function editOrder(order, who) {
  return new Promise((resolve) => {
    const drafts = draft("edit", who, order.orderID);
    const kept = drafts.load();
    let base = kept?.base ?? order; // the version the typing began with
    let sent = kept?.sent ?? []; // each may have arrived, whatever came back
    let saving = false;
    const keep = () => drafts.save({ base, sent, values: form.values() });
    const form = orderForm({ onChange: keep, onSubmit: save });

    async function save() {
      if (saving) return;
      const document = form.document();
      const faults = await form.faults("OrderEdit", document);
      if (faults.length) return form.showErrors(faults);
      saving = true;
      form.clearErrors();
      form.lock(true);
      sent.push(document);
      keep();
      try {
        saved(await call("PUT", `/orders/${order.orderID}`, { body: document, version: base.version }));
      } catch (error) {
        form.lock(false);
        await failed(error);
      }
      saving = false;
      return undefined;
    }

    async function failed(error) {
      if (sessionEnded(error)) return;
      if (error.status === 412 && error.current) await conflict(error.current);
      else if (error.status === 409)
        leave({
          order: await call("GET", `/orders/${order.orderID}`).catch(() => order),
          notice: `Your changes were not saved. ${error.message}`,
        });
      else
        form.showErrors(
          error.fields?.length ? error.fields : [{ path: "", message: error.message }],
          "The changes were not saved",
        );
    }

    async function conflict(theirs) {
      const differs = (document) => differences(base, document, theirs).length > 0;
      if (!differs(form.document())) return saved(theirs);
      if (theirs.status !== "placed") {
        leave({
          order: theirs,
          notice: `Your changes were not saved: the order is ${theirs.status} by now and can no longer be edited.`,
        });
        return undefined;
      }
      if (isOwnChange(base, theirs, who) && !sent.every(differs)) return saveOn(theirs);
      const { choice, merged } = await choose(base, form.values(), theirs);
      if (choice === "theirs") leave({ order: theirs });
      if (choice === "back") byId("save").focus(); // which lost it while the form was locked
      if (choice !== "merge") return undefined;
      form.fill(valuesOf({ ...merged, currency: theirs.currency }));
      return saveOn(theirs);
    }

    /** Saves what is in the form over a version that it takes into account. */
    function saveOn(version) {
      base = version;
      sent = [];
      keep();
      saving = false;
      return save();
    }

    function saved(version) {
      announce("The changes are saved.");
      leave({ order: version });
    }

    function leave(outcome) {
      drafts.clear();
      toggle(false);
      resolve(outcome);
    }

    byId("stop-editing").onclick = () => leave({});
    form.clearErrors();
    form.lock(false);
    toggle(true);
    form.fill(kept?.values ?? valuesOf(order));
    document.querySelector("#customer-name").focus({ preventScroll: true });
  });
}

function toggle(editing) {
  byId("editing").hidden = !editing;
  byId("reading").hidden = editing;
  byId("order-actions").hidden = editing;
  byId("order-bar").hidden = editing;
}
