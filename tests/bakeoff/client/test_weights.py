"""Pretrained weights by the client, against a real service."""

import hashlib

import numpy as np
import pytest
from safetensors.numpy import save

from bakeoff import Client, RefusedError


def test_weights_are_uploaded_listed_shown_and_deleted(empty_address, tmp_path):
    file = tmp_path / "mine.safetensors"
    file.write_bytes(save({"stem.weight": np.ones((2, 3), np.float32)}))
    with Client(empty_address) as client:
        shown = client.upload_weights("mine", file)

        assert shown["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        assert client.show_weights("mine") == shown
        assert client.list_weights() == [shown]
        client.delete_weights("mine")
        with pytest.raises(RefusedError, match="there are no weights 'mine'"):
            client.show_weights("mine")
