"""What the processes of jobs need, imported once: the forkserver imports this module and forks them.

`multiprocessing` preloads modules by name, so importing this one is what preloads. timm is left to the jobs
that need it: docs/decisions/0024-timm-is-a-catalogue-beside-ours.md says why.
"""

from models import architectures
from models._torchvision import import_torchvision
from workers import kinds
from workers.datasets.known import datasets


def preload() -> None:
    """Import torch, the kinds of job and the files of the registries."""
    import_torchvision()
    __import__("torchmetrics.functional.classification")
    for name in kinds.KINDS:
        kinds.load(name)
    for registry in (architectures, datasets):
        len(registry)  # imports its files


preload()
