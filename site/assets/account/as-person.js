// Calls of Cognito's public API for the person who is signed in. Both sites have them.
import { SignedOut } from "../lib/cognito.js";
import { accessToken } from "../lib/session.js";
import { Refusal, cognito } from "./accounts.js";

/** Call Cognito for the signed-in person. Throw SignedOut if the session has ended. */
export async function callAsPerson(operation, request = {}) {
  const AccessToken = await accessToken().catch((error) => {
    throw error instanceof SignedOut ? error : new Refusal("Unreachable");
  });
  return cognito(operation, { AccessToken, ...request }).catch((error) => {
    const ended = error.code === "NotAuthorizedException" && error.cognitoMessage.startsWith("Access Token");
    throw ended ? new SignedOut(error.cognitoMessage) : error;
  });
}

/** Replace the password. Throw Refusal, whose field is "present" if the current password is not right. */
export async function changePassword(present, password) {
  const request = { PreviousPassword: present, ProposedPassword: password };
  await callAsPerson("ChangePassword", request).catch((error) => {
    if (error.code === "NotAuthorizedException")
      Object.assign(error, { field: "present", message: "is not right." });
    throw error;
  });
}
