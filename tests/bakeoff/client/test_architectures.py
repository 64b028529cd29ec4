"""Architectures by the client, against a real service."""

import pytest

from bakeoff import Client, RefusedError


def test_architectures_are_listed_and_those_of_timm_searched(client: Client) -> None:
    ours = [item["name"] for item in client.list_architectures()]
    assert "cnn" in ours
    assert not [name for name in ours if name.startswith("timm/")]

    small = client.list_architectures(search="mobilenet", pretrained=True, max_parameters=3_000_000)
    assert small[0]["name"] == "timm/mobilenetv4_conv_small"
    assert all(item["pretrained"] and "mobilenet" in item["name"] for item in small)


def test_a_network_of_timm_is_shown_by_either_of_its_names(client: Client) -> None:
    shown = client.show_timm_architecture("resnet18")

    assert shown == client.show_architecture("timm/resnet18")
    assert client.show_timm_architecture("test_resnet", dataset="digits")["size"]["flops"] > 0
    with pytest.raises(RefusedError, match="did you mean 'timm/resnet5"):
        client.show_timm_architecture("resnet51")
