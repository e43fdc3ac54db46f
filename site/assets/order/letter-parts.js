// The parts of a dead letter's content for which the order form has a place.
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
export const isText = (value) => typeof value === "string";
export const isShort = (value) => isText(value) || Number.isFinite(value);

export const CUSTOMER = ["name", "email", "company", "phone", "address"];
/** Whether the form can show a value of a line or of a charge, for each of their fields. */
export const LINE = { sku: isText, quantity: isShort };
export const CHARGE = {
  kind: () => true, // one that is not known is shown as it came
  text: isText,
  amount: (value) => Number.isInteger(value) || isText(value),
};

export const isLine = (item) => isObject(item) && isText(item.sku);
export const isCharge = isObject;
