// @ts-check
// Earlier orders of the customer's address, added to the account some at each call.

/**
 * Claim until no more orders follow. Resolve to how many orders the account has got.
 * @param {(cursor: string) => Promise<{claimed: number, nextCursor: string | null}>} claim
 */
export async function claimAll(claim) {
  let [sum, cursor] = [0, ""];
  do {
    const { claimed, nextCursor } = await claim(cursor);
    sum += claimed;
    cursor = nextCursor ?? "";
  } while (cursor);
  return sum;
}

/** @type {(claimed: number) => string} */
export function claimedText(claimed) {
  if (!claimed) return "There are no other orders of this address.";
  return claimed === 1
    ? "One order is added."
    : `${claimed.toLocaleString("en-GB")} orders are added. The newest stand first.`;
}
