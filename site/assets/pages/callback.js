import { byId, showFailure } from "../dom.js";
import { finishSignIn } from "../session.js";

try {
  location.replace(await finishSignIn());
} catch (error) {
  showFailure(byId("sign-in"), error);
}
