"""ONNX Runtime on the CPU: three to ten times as fast as eager torch at these sizes."""

from typing import Any

import numpy as np

from workers.engines import Engine, Images, Placement, Probabilities, engines, graph_of
from workers.storage.artifacts import ArtifactStore
from workers.storage.tables import Model

PIECE = 64  # images at once; more take longer each, since their activations leave the caches


@engines.register
def onnxruntime(model: Model, artifacts: ArtifactStore, placement: Placement) -> Engine:
    """ONNX Runtime on the CPU, from the graph that was exported when the training ended."""
    graph = graph_of(model)
    content = artifacts.get(graph["path"], sha256=graph["sha256"])
    session = open_session(content, threads=placement.threads)

    def classify(images: Images) -> Probabilities:
        pieces = [images[at : at + PIECE] for at in range(0, len(images), PIECE)]
        return np.concatenate([run(session, one) for one in pieces])

    return Engine("onnxruntime", "cpu", placement.threads, len(content), classify)


def open_session(content: bytes, *, threads: int) -> Any:
    """A graph made ready to run on `threads` threads."""
    # Here, not above: importing it starts a thread, and the forkserver that preloads us must have none.
    import onnxruntime as runtime

    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    # Threads that spin within a run and sleep between runs: spinning makes a batch up to 1.8 times
    # as fast, and would take the processor from everybody else if it went on after it.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    # The arena keeps the memory of the largest batch there ever was; without it nothing is slower.
    options.enable_cpu_mem_arena = False
    return runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def run(session: Any, images: Images) -> Probabilities:
    """The probabilities (N, num_classes) of images (N, C, H, W)."""
    probabilities: Probabilities = session.run(None, {"images": images})[0]
    return probabilities
