"""The connected shop of the sample data: a system that may send orders by itself."""

from __future__ import annotations

from local.api import Api, ApiError, ApiResponse

NAME = "Sample shop"


def connect(api: Api) -> dict[str, str]:
    """Connect the sample shop as an admin, and return its client ID and its secret.

    A shop of this name is deleted first, because an earlier run was cut off before its secret was written
    down. Raises ApiError when the API refuses something.
    """
    response = _connect(api)
    if response.status == 409:
        for shop in _expect(api.call("GET", "/shops"), 200).document["shops"]:
            if shop["name"] == NAME:
                _expect(api.call("DELETE", f"/shops/{shop['id']}"), 204)
        response = _connect(api)
    made = _expect(response, 201).document
    return {name: made[name] for name in ("clientId", "clientSecret")}


def _connect(api: Api) -> ApiResponse:
    return api.call("POST", "/shops", {"name": NAME})


def _expect(response: ApiResponse, status: int) -> ApiResponse:
    if response.status != status:
        raise ApiError(f"the sample shop was refused: {response.message}")
    return response
