// The page for a new account. An admin gives the account access later.
import { offerAccount } from "../account/new-account.js";

offerAccount();
