// Editing an order while it is placed. What is typed is kept until it is saved or dropped.
import { call } from "./api.js";
import { byId } from "./dom.js";
import { draft } from "./draft.js";
import { choose } from "./order-changes.js";
import { orderForm } from "./order-form.js";
import { announce, sessionEnded } from "./shell.js";

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
    let saving = false;
    const form = orderForm({ onChange: () => drafts.save({ base, values: form.values() }), onSubmit: save });

    async function save() {
      if (saving) return;
      const document = form.document();
      const faults = await form.faults("OrderEdit", document);
      if (faults.length) return form.showErrors(faults);
      saving = true;
      form.clearErrors();
      form.lock(true);
      try {
        const saved = await call("PUT", `/orders/${order.orderID}`, { body: document, version: base.version });
        announce("The changes are saved.");
        leave({ order: saved });
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
      if (theirs.status !== "placed") {
        leave({
          order: theirs,
          notice: `Your changes were not saved: the order is ${theirs.status} by now and can no longer be edited.`,
        });
        return;
      }
      const { choice, merged } = await choose(base, form.values(), theirs);
      if (choice === "theirs") leave({ order: theirs });
      if (choice === "back") byId("save").focus(); // which lost it while the form was locked
      if (choice !== "merge") return;
      base = theirs;
      form.fill(valuesOf({ ...merged, currency: theirs.currency }));
      drafts.save({ base, values: form.values() });
      saving = false;
      await save();
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
