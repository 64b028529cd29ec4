"""Features that are kept, or else computed, measured and kept."""

import dataclasses
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import torch

from models import Backbone
from workers.datasets.image_dataset import ImageDataset
from workers.exports.onnx import num_images_to_check
from workers.features.computing import Computation, Report
from workers.features.description import FeaturesDescription, WantedFeatures
from workers.features.latency import measure_latency_of
from workers.features.store import Features, FeaturesStore
from workers.features.trials import choose
from workers.storage.artifacts import ArtifactError
from workers.training.hardware.activations import largest_activation
from workers.training.hardware.device import device_name
from workers.training.measuring.network_summary import count_flops
from workers.weights.registration import sha256_of

MAX_BATCH_SIZE = 64
LIBRARIES = ("torch", "timm", "onnxruntime")


@dataclass(frozen=True)
class FrozenBackbone:
    """A backbone with its weights, and the dataset whose features it computes on a device."""

    backbone: Backbone
    wanted: WantedFeatures
    dataset: ImageDataset  # on its own splits
    device: torch.device
    report: Report

    def features(self, store: FeaturesStore) -> Features:
        """The features of all images: those that are kept, else they are computed, which heals damage.

        One process of a machine computes them, while others that want them wait. FeaturesError.
        """
        found = store.find(self.wanted)
        if found:
            return found
        with store.scratch_of(self.wanted) as scratch:
            found = store.find(self.wanted)  # another process may have been faster
            if found is None:
                file = scratch / "features.safetensors"
                store.keep(self.wanted, file, self._compute(file))
                found = store.find(self.wanted)
        if found is None:
            raise ArtifactError("the features that were just computed are not there any more")
        return found

    def _compute(self, file: Path) -> FeaturesDescription:
        self.report("choosing an engine", 0, 0)
        self.backbone.eval()
        started = perf_counter()
        flops = self._count_flops()
        batch_size = self._batch_size()
        images = next(self.dataset.train.batches(num_images_to_check(flops)))
        choice = choose(self.backbone, self.device, images, batch_size)
        extractor = choice.extractor
        written = Computation(extractor, self.dataset, batch_size, self.report).write(file)
        seconds = perf_counter() - started
        self.report("measuring", written.num_images, written.num_images)
        return FeaturesDescription(
            sha256=sha256_of(file),
            num_images=written.num_images,
            num_features=written.num_features,
            dtype="float16" if written.dtype == torch.float16 else "float32",
            engine=extractor.engine,
            trials=choice.trials,
            seconds=seconds,
            trial_seconds=seconds - written.seconds,
            images_per_second=written.num_images / written.seconds,
            device=self.device.type,
            device_name=device_name(self.device),
            threads=torch.get_num_threads(),
            versions={"python": platform.python_version()}
            | {lib: version(lib) for lib in LIBRARIES},
            weights=self.wanted.weights._asdict(),
            flops=flops,
            latency=[
                dataclasses.asdict(row)
                for row in measure_latency_of(self.backbone, self.dataset, self.device)
            ],
        )

    def _count_flops(self) -> int:
        """Of the features of one image."""
        backbone = self.backbone
        of_head = count_flops(backbone.head, (backbone.num_features,))
        return count_flops(backbone, self.dataset.image_shape) - of_head

    def _batch_size(self) -> int:
        """How many images go through the backbone at once."""
        with torch.inference_mode(), largest_activation(self.backbone) as largest:
            self.backbone.features(self.dataset.test.first() / 255)
        return largest.num_images(MAX_BATCH_SIZE)
