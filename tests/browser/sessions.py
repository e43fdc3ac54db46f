"""Sessions of people who sign in by password at Cognito itself, without its hosted page."""

import json
import re
from functools import cache
from typing import Any
from urllib.request import Request, urlopen


@cache
def settings(site_url: str) -> dict[str, str]:
    """The settings in the pages of a site, by their names."""
    with urlopen(site_url + "/") as response:
        page = response.read().decode()
    return dict(re.findall(r'<meta name="order-desk:([\w-]+)" content="([^"]*)">', page))


def new_tokens(site_url: str, email: str, password: str) -> dict[str, Any]:
    """Sign in by password, and return Cognito's tokens: AccessToken, IdToken and RefreshToken."""
    site = settings(site_url)
    credentials = {"USERNAME": email, "PASSWORD": password}
    asked = {"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": site["client-id"], "AuthParameters": credentials}
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
    }
    with urlopen(Request(site["cognito-api-url"], json.dumps(asked).encode(), headers)) as response:
        found: dict[str, Any] = json.load(response)["AuthenticationResult"]
    return found
