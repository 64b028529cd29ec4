"""What every job's process needs, imported once, in the forkserver: this module is its preload."""

from models import architectures
from models.torchvision_import import import_torchvision
from workers import fetch_job, tables, train_job
from workers.datasets import datasets

import_torchvision()
__import__("torchmetrics.functional.classification")

PRELOADED = (len(architectures), len(datasets), fetch_job, tables, train_job)
