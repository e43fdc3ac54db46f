// The page that replaces a forgotten password.
import { offerNewPassword } from "../../../assets/account/forgotten.js";
import { wireSignIn } from "../account/forms.js";

wireSignIn("/account");
offerNewPassword();
