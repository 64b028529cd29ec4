"""Which scope of a key each call needs. A call that is listed nowhere needs one all the same."""

import re
from typing import Final, Literal

from workers.storage.api_keys import Scope

#: The addresses of predictions, as a pattern that is used for bytes too.
PREDICTIONS = r"(?:/v1/(?:models|comparisons)/[^/? ]+/predictions|/v2/models/[^? ]+/infer)"
is_prediction = re.compile(PREDICTIONS).fullmatch
is_explanation = re.compile(r"/v1/models/[^/? ]+/explanations").fullmatch
READING = frozenset({"GET", "HEAD", "OPTIONS"})

#: For probes, and for the page on which a key can be entered.
OPEN = frozenset(
    {
        "/",
        "/docs",
        "/health/live",
        "/health/ready",
        "/openapi.json",
        "/redoc",
        "/v2/health/live",
        "/v2/health/ready",
    }
)
STATIC = ("/assets/", "/dashboard/")
KEYS = "/v1/keys"
OWN_KEY = "/v1/keys/self"  # what the key that asks may do
#: A POST to these changes nothing.
READ_BY_POST = frozenset({"/v2/repository/index", "/v1/comparisons/cost"})


#: Instead of a scope, where any valid key will do.
ANY: Final = "any"
Needed = Scope | Literal["any"]


def needed_scope(method: str, path: str) -> Needed | None:
    """The scope that a call needs; None where it is open to all."""
    if method in READING and (path in OPEN or path.startswith(STATIC)):
        return None
    if method in READING and path == OWN_KEY:
        return ANY
    if path == KEYS or path.startswith(f"{KEYS}/"):
        return Scope.ADMIN
    if method in READING or path in READ_BY_POST:
        return Scope.READ
    return Scope.PREDICT if is_prediction(path) or is_explanation(path) else Scope.TRAIN
