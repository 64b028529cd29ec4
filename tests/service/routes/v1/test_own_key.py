"""What a key may do, as it is told that asks."""

from typing import Any

import pytest

from tests.service.keys import bearer, make
from workers.storage.api_keys import id_of

ROOT = "/v1/keys/self"


@pytest.mark.parametrize(
    ("scopes", "may"),
    [
        (["read"], ["read"]),
        (["predict"], ["predict"]),
        (["train", "read"], ["read", "train"]),
        (["admin"], ["read", "predict", "train", "admin"]),
    ],
)
def test_any_key_is_told_what_it_may_do(service: Any, scopes: list[str], may: list[str]) -> None:
    made = make(service, *scopes, requests_per_minute=600)
    response = service.http.get(ROOT, headers=bearer(made.key))
    answer = response.json()

    assert (answer["required"], answer["may"]) == (True, may)
    assert answer["key"]["id"] == id_of(made.key)
    assert (answer["key"]["name"], answer["key"]["requests_per_minute"]) == ("somebody", 600)
    assert made.key not in response.text
    assert response.headers["RateLimit-Policy"] == '"key";q=600;w=60'


def test_without_keys_it_says_so(service: Any) -> None:
    assert service.http.get(ROOT).json() == {
        "required": False,
        "key": None,
        "may": ["read", "predict", "train"],
    }


def test_who_has_no_valid_key_is_told_nothing(service: Any) -> None:
    made = make(service, "read")

    service.refused(service.http.get(ROOT), 401)
    service.refused(service.http.get(ROOT, headers=bearer(made.key + "x")), 401)


def test_only_asking_is_open_to_every_key(service: Any) -> None:
    made = make(service, "train")

    service.refused(service.http.delete(ROOT, headers=bearer(made.key)), 403)
    service.refused(service.http.get(f"{ROOT}/", headers=bearer(made.key)), 403)
