// The page to which Cognito's hosted pages lead back.
import { endSignIn } from "../../../assets/account/sign-in-end.js";

const MOST_ENTRIES = 50; // of a tab's history in every browser: from then on, its length says nothing
const WAIT_MS = 4_500; // long enough for a slow way back, which a replacement would cut off

/** Go back over the hosted pages to the page that led to them, or replace this one with it. */
function goBack(address) {
  const before = Number(sessionStorage.getItem("shop:entries"));
  sessionStorage.removeItem("shop:entries");
  if (before && history.length < MOST_ENTRIES) history.go(before - history.length);
  setTimeout(() => location.replace(address), before ? WAIT_MS : 0);
}

await endSignIn(() => {}, goBack);
