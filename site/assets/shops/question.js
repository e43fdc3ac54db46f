// The question before a shop is disabled or deleted, or before a secret is removed, in the dialog of a shop.
import { byId, fill, show } from "../lib/dom.js";

const shopDialog = byId("shop-dialog");
const shopQuestion = byId("shop-question-form");

/** Ask a question of text and nodes, and call `act` if the answer is `yes`, the words of the button. */
export function askAboutShop(question, yes, act) {
  fill(shopDialog, { question, yes });
  shopQuestion.onsubmit = (event) => {
    event.preventDefault();
    backToShop();
    return act();
  };
  byId("shop-question-back").onclick = backToShop;
  show(shopDialog, "asking");
  byId("shop-question-back").focus();
}

/** Show the shop again. */
export function backToShop() {
  show(shopDialog, "shown");
  byId("shop-title").focus();
}
