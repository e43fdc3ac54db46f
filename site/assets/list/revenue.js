// Which orders bring money.

/** Whether an order brings money. A cancelled or rejected one has nothing to pay, to pick or to pack. */
export const isRevenue = ({ status }) => status !== "cancelled" && status !== "rejected";
