"""ONNX Runtime on the CPU: three to ten times as fast as eager torch for small networks."""

from typing import Any

import numpy as np

from workers.engines import Engine, Images, Placement, Probabilities, engines, graph_of
from workers.storage.artifacts import ArtifactStore
from workers.storage.tables import Model

MAX_BATCH_SIZE = 64  # larger batches take longer for each image: activations leave the caches


@engines.register
def onnxruntime(model: Model, artifacts: ArtifactStore, placement: Placement) -> Engine:
    """ONNX Runtime on the CPU, with the graph that was exported after training, or quantised from it."""
    graph = graph_of(model)
    content = artifacts.get(graph["path"], sha256=graph["sha256"])
    session = open_session(content, threads=placement.threads)

    def classify(images: Images) -> Probabilities:
        starts = range(0, len(images), MAX_BATCH_SIZE)
        batches = [images[start : start + MAX_BATCH_SIZE] for start in starts]
        return np.concatenate([run(session, batch) for batch in batches])

    return Engine("onnxruntime", "cpu", placement.threads, len(content), classify)


def open_session(content: bytes, *, threads: int) -> Any:
    """A session that runs a graph on `threads` threads."""
    # Imported here: the import starts a thread, and the forkserver that preloads this module must have none.
    import onnxruntime as runtime

    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    # Threads spin during a run, which makes a batch up to 1.8 times as fast, and sleep after it, to
    # leave the processor to others.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    # The arena would keep the memory of the largest batch so far; without it nothing is slower.
    options.enable_cpu_mem_arena = False
    return runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def run(session: Any, images: Images) -> Probabilities:
    """The probabilities (N, num_classes) of images (N, C, H, W)."""
    probabilities: Probabilities = session.run(None, {"images": images})[0]
    return probabilities
