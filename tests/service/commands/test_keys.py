"""Keys on the command line, and as the clients send them."""

from typing import Any

import numpy as np
import pytest
import tritonclient.http as triton
from typer.testing import CliRunner

from bakeoff import Client, RefusedError
from service.commands import keys as keys_command
from tests.service.keys import bearer, make
from workers.settings import settings as settings_of_process
from workers.storage.api_keys import Scope


@pytest.fixture
def commands(service, monkeypatch):
    """Runs a command on the machine of the service."""
    monkeypatch.setenv("BAKEOFF_DATA", str(service.settings.data))
    settings_of_process.cache_clear()

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(keys_command.app, arguments)

    yield run
    settings_of_process.cache_clear()


def test_a_key_is_made_listed_and_revoked_on_the_command_line(service, commands):
    made = commands("create", "[b]phone", "--scope", "read", "--requests-per-minute", "1000")
    key = made.stdout.strip()

    assert service.http.get("/v1/jobs", headers=bearer(key)).status_code == 200
    listed = commands().stdout
    assert all(said in listed for said in ("[b]phone", "read", "1,000", "valid"))
    key_id = key.split("_")[1]
    assert "revoked" in commands("revoke", key_id).stdout
    assert "revoked" in commands().stdout
    assert "there is no API key" in str(commands("revoke", "nobody").exception)
    assert commands("create", "phone").exit_code == 2  # no scope is guessed


def test_the_clients_send_their_key(service, empty_address, monkeypatch):
    keys = {scope: make(service, scope).key for scope in Scope}
    with Client(empty_address, key="wrong") as client, pytest.raises(RefusedError) as refused:
        list(client.list_jobs())
    assert refused.value.status == 401
    monkeypatch.setenv("BAKEOFF_API_KEY", keys["admin"])
    with Client(empty_address) as client:
        made = client.create_key("app", ["read"])
        assert made["id"] in [key["id"] for key in client.list_keys()]
        with Client(empty_address, key=made["key"]) as other:
            assert list(other.list_jobs()) == []
            with pytest.raises(RefusedError, match="scope 'train'"):
                other.fetch_dataset("digits")
        client.revoke_key(made["id"])


def test_a_client_of_triton_sends_its_key_as_a_header(service, empty_address):
    key = make(service, "predict").key
    client = triton.InferenceServerClient(empty_address.removeprefix("http://"))
    images = triton.InferInput("images", [1, 1, 8, 8], "UINT8")
    images.set_data_from_numpy(np.zeros((1, 1, 8, 8), np.uint8))

    assert client.is_server_live()
    with pytest.raises(triton.InferenceServerException, match="an API key is needed"):
        client.infer("latest", [images])
    with pytest.raises(triton.InferenceServerException, match="no model"):
        client.infer("latest", [images], headers=bearer(key))
    client.close()
