import { byId, showFailure } from "../dom.js";
import { finishSignIn } from "../session.js";

try {
  const back = new URL(await finishSignIn(), location.origin);
  location.replace(back.origin === location.origin ? back : "/"); // a path may begin with two slashes
} catch (error) {
  showFailure(byId("sign-in"), error);
}
