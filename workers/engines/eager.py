"""Eager PyTorch, without export or capture: the reference for the other engines."""

from torch import device, set_num_threads

from workers.engines import Engine, Placement, engines
from workers.engines._network import load_network
from workers.storage.artifacts import ArtifactStore
from workers.storage.tables import Model


@engines.register
def torch(model: Model, artifacts: ArtifactStore, placement: Placement) -> Engine:
    """Eager torch, on the GPU if there is one: the network as it was trained."""
    network = load_network(model, artifacts, device(placement.device))
    set_num_threads(placement.threads)
    return Engine("torch", placement.device, placement.threads, network.num_bytes, network.classify)
