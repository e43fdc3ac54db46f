// The channels through which orders come, in words.

const NAMES = { machine: "connected shop", customer: "storefront" };

/** Return the name of a channel. */
export const channelName = (channel) => NAMES[channel] ?? channel;

/** Return how an order came that staff did not take here. Orders of earlier releases have no channel. */
export const channelOf = ({ channel = "staff" }) =>
  channel === "staff" ? "" : `, channel ${channelName(channel)}`;
