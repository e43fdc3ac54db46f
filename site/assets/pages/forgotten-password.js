// The page that replaces a forgotten password.
import { offerNewPassword } from "../account/forgotten.js";

offerNewPassword();
