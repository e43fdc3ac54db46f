// The page to which Cognito's hosted pages lead back.
import { endSignIn } from "../../../assets/account/sign-in-end.js";

await endSignIn();
