// The rule about which orders are sales. lambdas/shop/figures.py has the same one.

/** Whether an order brings money. A cancelled or rejected one has nothing to pay, to pick or to pack. */
export const isSale = ({ status }) => status !== "cancelled" && status !== "rejected";
