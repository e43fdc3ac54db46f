// The page for a new account of a customer, who then goes on where the sign-up began.
import { offerAccount } from "../../../assets/account/new-account.js";
import { withinSite } from "../../../assets/account/sign-in-end.js";
import { wireSignIn } from "../account/forms.js";

const KEY = "shop:then"; // kept, because a sign-up may go on after a reload
const then = new URLSearchParams(location.search).get("then") ?? sessionStorage.getItem(KEY) ?? "/account";
sessionStorage.setItem(KEY, then);
const { pathname, search } = new URL(withinSite(then), location.origin);
wireSignIn(pathname + search);
offerAccount();
