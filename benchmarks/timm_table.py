"""make timm-table: every network of the installed timm, and what it is → models/_timm/networks.csv.

A network is built without weights, for 10 classes of RGB images of the size that it was made for. It
classifies if one image gets 10 logits. An option is listed if it changes a layer.
"""

import concurrent.futures
import contextlib
import csv
import sys
from typing import Any

import torch
from torch import nn

from models import ImageShape
from models._timm.building import DROP_OPTIONS
from models._timm.catalogue import TABLE
from models._timm.creating import REFUSALS, NoLogitsError, create, require_logits
from models._torchvision import import_torchvision

NUM_CLASSES = 10
VALUE = 0.3  # of an option, to be found again in a layer
MOST_BUILT = 300_000_000  # parameters of a network that is built with numbers
COLUMNS = ("name", "classifies", "num_parameters", "side", "options", "pretrained")


def main() -> None:
    """Write the table anew."""
    import_torchvision()
    import timm

    names = sorted(timm.list_models())
    with concurrent.futures.ProcessPoolExecutor() as pool:
        rows = pool.map(_row, names, chunksize=8)
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    sys.stdout.write(f"{TABLE}: {len(names)} networks\n")


def _row(name: str) -> dict[str, Any]:
    import timm

    known = timm.get_pretrained_cfg(name)
    side = known.input_size[-1] if known else 224
    shape = ImageShape(3, side, side)
    try:
        with torch.device("meta"):  # which has shapes and no numbers
            network, options = _build(name, shape)
        num_parameters = sum(parameter.numel() for parameter in network.parameters())
        classifies = _classifies(network, name, shape)
    except REFUSALS as error:
        sys.stderr.write(f"{name}: {error!r}\n")
        options, num_parameters, classifies = (), 0, False
    return {
        "name": name,
        "classifies": "yes" if classifies else "no",
        "num_parameters": num_parameters,
        "side": side,
        "options": " ".join(options),
        "pretrained": "yes" if timm.is_model_pretrained(name) else "no",
    }


def _build(name: str, shape: ImageShape) -> tuple[nn.Module, tuple[str, ...]]:
    """The network with every option that it takes, and those of them that change a layer."""
    values = [dict.fromkeys(DROP_OPTIONS, VALUE), *({option: VALUE} for option in DROP_OPTIONS), {}]
    network = _first_that_is_built(name, shape, values)
    changed = tuple(option for option in DROP_OPTIONS if _is_in_a_layer(network, option))
    return network, changed


def _first_that_is_built(name: str, shape: ImageShape, values: list[dict[str, Any]]) -> nn.Module:
    for options in values[:-1]:
        with contextlib.suppress(*REFUSALS):
            return create(name, shape, NUM_CLASSES, options)
    return create(name, shape, NUM_CLASSES, values[-1])


def _is_in_a_layer(network: nn.Module, option: str) -> bool:
    if option == "drop_rate":
        return any(
            VALUE in (getattr(layer, "p", None), getattr(layer, "drop_rate", None))
            for layer in network.modules()
        )
    return any((getattr(layer, "drop_prob", 0) or 0) > 0 for layer in network.modules())


def _classifies(network: nn.Module, name: str, shape: ImageShape) -> bool:
    """Whether an image gets logits; on the processor where the network needs numbers to run."""
    try:
        with torch.device("meta"):
            require_logits(network, shape, NUM_CLASSES)
    except NoLogitsError:
        return False
    except REFUSALS as error:
        if sum(parameter.numel() for parameter in network.parameters()) > MOST_BUILT:
            raise
        sys.stderr.write(f"{name} is built with numbers: {error!r}\n")
        require_logits(create(name, shape, NUM_CLASSES, {}), shape, NUM_CLASSES)
    return True


if __name__ == "__main__":
    main()
