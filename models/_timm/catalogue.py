"""The networks of timm, read from a table: timm itself is slow to import.

`make timm-table` writes the table, `models/_timm/networks.csv`, from the version of timm that is
installed: `benchmarks/timm_table.py` builds every network and looks what it is.
"""

import csv
import functools
from dataclasses import dataclass
from pathlib import Path

from models._registry import UnknownNameError

PREFIX = "timm/"
TABLE = Path(__file__).with_name("networks.csv")
#: What the recommended networks cost, by `make bench-recommended`.
MEASURED = Path(__file__).with_name("recommended.csv")

#: The networks to try first, small to middle, and what each is good for.
RECOMMENDED = {
    "efficientnet_lite0": "EfficientNet without squeeze-and-excitation, and with ReLU6: made for"
    " processors, and for arithmetic in int8.",
    "mobilenetv3_large_100": "MobileNetV3-Large (Howard et al. 2019, arXiv:1905.02244): few"
    " operations for its accuracy, made for the processors of telephones.",
    "mobilenetv4_conv_small": "MobileNetV4-Conv-Small (Qin et al. 2024, arXiv:2404.10518): plain"
    " convolutions that are quick on most hardware; a good first choice where latency counts.",
    "resnet18": "ResNet-18 (He et al. 2015, arXiv:1512.03385) with the stem for large images: what"
    " everything else is compared with.",
    "resnet50": "ResNet-50 (He et al. 2015, arXiv:1512.03385): the usual baseline where more time"
    " can be spent; trains steadily with almost any recipe.",
    "regnety_004": "RegNetY-400MF (Radosavovic et al. 2020, arXiv:2003.13678): a small network of"
    " regular blocks, between MobileNet and ResNet in cost.",
    "convnext_atto": "ConvNeXt-Atto (after Liu et al. 2022, arXiv:2201.03545): the smallest of the"
    " convolutional networks that are built like a transformer.",
    "convnext_nano": "ConvNeXt-Nano (after Liu et al. 2022, arXiv:2201.03545): as ConvNeXt-Atto,"
    " four times as large.",
    "fastvit_t8": "FastViT-T8 (Vasu et al. 2023, arXiv:2303.14189): convolutions with a large"
    " window, made for low latency.",
    "tiny_vit_5m_224": "TinyViT-5M (Wu et al. 2022, arXiv:2207.10666): a small transformer after a"
    " convolutional stem, distilled from a large one.",
    "deit3_small_patch16_224": "DeiT III-Small (Touvron et al. 2022, arXiv:2204.07118): a plain"
    " vision transformer. From scratch it needs many images and epochs.",
    "vit_small_patch14_dinov2": "ViT-Small of DINOv2 (Oquab et al. 2023, arXiv:2304.07193): known"
    " for features that suit almost any picture; without its weights a large plain transformer.",
}


class NotAClassifierError(UnknownNameError):
    """A network of timm that gives features, boxes or masks, and no logits."""

    def __init__(self, name: str) -> None:
        LookupError.__init__(self, f"'{name}' does not classify: it has no logit for each class")
        self.name, self.known = name, list(networks())


@dataclass(frozen=True, slots=True)
class TimmNetwork:
    """A network of timm that classifies images."""

    name: str  # as timm has it
    num_parameters: int  # with 10 classes
    side: int  # pixels, of the square RGB images that it was made for
    options: tuple[str, ...]  # those of timm that change something in it
    is_pretrained: bool  # whether timm knows of weights for it

    @property
    def description(self) -> str:
        """Its entry in the catalogue."""
        facts = (
            f"`{self.name}` of timm, untrained; made for {self.side} × {self.side} pixels. With 10"
            f" classes it has {self.num_parameters:,} parameters."
        )
        sentence = RECOMMENDED.get(self.name)
        if sentence is None:
            return facts
        return f"{sentence}\n\n{facts}{_cost_in_words(self.name)}"


@functools.cache
def networks() -> dict[str, TimmNetwork]:
    """The networks by the name that they have here: the recommended ones, then the others by name."""
    found = {row["name"]: _network(row) for row in _rows() if row["classifies"] == "yes"}
    ordered = {name: found[name] for name in RECOMMENDED} | dict(sorted(found.items()))
    return {PREFIX + name: network for name, network in ordered.items()}


def find(name: str) -> TimmNetwork:
    """The network of a name with its prefix; UnknownNameError or NotAClassifierError."""
    try:
        return networks()[name]
    except KeyError:
        if any(PREFIX + row["name"] == name for row in _rows()):
            raise NotAClassifierError(name) from None
        raise UnknownNameError("architecture", name, list(networks()), prefix=PREFIX) from None


def _cost_in_words(name: str) -> str:
    """What one image costs: a figure of one machine, to compare networks by."""
    cost = _costs().get(name)
    if cost is None:
        return ""
    return (
        f" One image costs {cost['gflops']} GFLOPs, and took {cost['milliseconds']} ms in ONNX Runtime on"
        " the machine that docs/architectures.md names."
    )


@functools.cache
def _costs() -> dict[str, dict[str, str]]:
    if not MEASURED.exists():
        return {}
    with MEASURED.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


@functools.cache
def _rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _network(row: dict[str, str]) -> TimmNetwork:
    return TimmNetwork(
        name=row["name"],
        num_parameters=int(row["num_parameters"]),
        side=int(row["side"]),
        options=tuple(row["options"].split()),
        is_pretrained=row["pretrained"] == "yes",
    )
