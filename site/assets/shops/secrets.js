// The secrets of a connected shop, and those of its webhook: two at most, so that one is replaced without a gap.
import { stamp } from "../lib/dom.js";
import { time } from "../lib/format.js";

export const MAX_SECRETS = 2;

/** Return which of the secrets of a shop or a webhook one is, the oldest first. */
export const whichSecret = ({ secrets }, { id }) => {
  if (secrets.length < MAX_SECRETS) return "secret";
  return secrets[0].id === id ? "old secret" : "new secret";
};

/** Return a line for each secret. `remove(secret)` is called when its button is pressed; the last secret has none. */
export function secretLines(owner, remove) {
  return owner.secrets.map((secret) => {
    const which = whichSecret(owner, secret);
    const name = which[0].toUpperCase() + which.slice(1);
    const line = stamp("secret-row", { name, which, made: time(secret.createdAt) });
    const button = line.querySelector("button");
    button.hidden = owner.secrets.length < MAX_SECRETS;
    button.onclick = () => remove(secret);
    return line;
  });
}
