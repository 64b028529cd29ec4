"""What every job's process needs, imported once, in the forkserver: this module is its preload."""

from models import architectures
from models._torchvision import import_torchvision
from workers import kinds
from workers.datasets.known import datasets


def preload() -> None:
    """Import torch and all that a job is made of, registries included."""
    import_torchvision()
    __import__("torchmetrics.functional.classification")
    for kind in ("train", "fetch"):
        kinds.load(kind)
    for registry in (architectures, datasets):
        len(registry)  # imports its files


preload()
