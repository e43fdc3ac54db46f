// What the page says of an account.

const STATES = {
  invited: "Invited",
  unconfirmed: "Has not proved the address",
  waiting: "Waits to be let in",
  active: "Active",
  "password-reset": "Needs a new password",
  disabled: "Disabled",
  unknown: "Unknown",
};
const SOURCES = {
  configuration: "From the configuration",
  page: "Invited on this page",
  other: "Signed up, or made in AWS",
};
const EVENTS = {
  invited: "Invited",
  "invited-again": "Invited again",
  "groups-changed": "Role changed",
  disabled: "Disabled",
  enabled: "Enabled",
  "signed-out": "Signed out everywhere",
};
const FIRST = ["waiting", "invited", "unconfirmed", "password-reset", "active", "unknown", "disabled"];

/** Return the state of an account. `now` is in ms since 1970. */
export function stateWords({ state, invitationEndsAt }, now) {
  const ended = invitationEndsAt && Date.parse(invitationEndsAt) < now;
  return ended ? "Invitation has ended" : STATES[state];
}

/** Return where an account comes from, with the admin who invited the person. */
export const sourceWords = ({ source, invitedBy }) =>
  source === "page" ? `${SOURCES.page} by ${invitedBy}` : SOURCES[source];

/** Return the role that groups give. */
export function groupWords(groups) {
  if (groups.includes("admin")) return groups.includes("staff") ? "Admin, staff" : "Admin";
  return groups.includes("staff") ? "Staff" : "None";
}

/** Return what a change was. */
export function changeWords({ event, from, to }) {
  if (event === "groups-changed") return `Role changed from ${groupWords(from)} to ${groupWords(to)}`;
  return to ? `${EVENTS[event]} as ${groupWords(to)}` : EVENTS[event];
}

/** Return people in the order of the list: those who wait for an admin first, then by address. */
export function inOrder(people) {
  const place = ({ state }) => FIRST.indexOf(state);
  const nameOf = ({ email = "" }) => email;
  return people.toSorted((a, b) => place(a) - place(b) || nameOf(a).localeCompare(nameOf(b)));
}

/** Return why groups of an account cannot be taken away here, or an empty text. */
export function fixedWords({ configuredGroups }, isOwn) {
  if (isOwn) return "You cannot take admin from yourself, so that one admin always remains.";
  if (!configuredGroups.length) return "";
  const keys = configuredGroups.map((group) => `${group}Emails`).join(" and ");
  return `The configuration gives ${groupWords(configuredGroups)}. It is taken away in ${keys}.`;
}

/** Return the actions that make sense for an account, which may be the admin's own. */
export function actionsOf({ state }, isOwn) {
  if (state === "disabled") return ["enable"];
  const out = state === "invited" ? ["invite"] : ["sign-out"];
  return isOwn ? out : [...out, "disable"];
}

/** Whether two addresses are the same as typed, but for capital letters and blanks around them. */
export const isAddress = (typed, email) => typed.trim().toLowerCase() === email.toLowerCase();
