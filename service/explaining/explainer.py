"""Explanations are computed in one thread, one request after another, however many ask.

So they never take more than one batch's memory, nor the places that admission control has for
predictions. The networks that were explained last stay in memory.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import perf_counter
from typing import TypeVar

import torch

from service.inference.deadlines import Deadline
from service.inference.errors import ClientGoneError, OverloadedError
from workers.errors import BakeoffError
from workers.explaining import ExplainedNetwork, load_explained
from workers.storage.artifacts import ArtifactStore
from workers.storage.tables import Model

MAX_REQUESTS = 8  # that are read, wait or are answered; of the 128 that admission control lets in
MAX_BYTES = 256 * 1024**2  # of the weights that stay in memory, unless one network has more

Answer = TypeVar("Answer")
Check = Callable[[], None]


class TooLongError(BakeoffError):
    """An explanation takes longer than it may, and would again."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"not explained within {seconds:g} s; send fewer images, or take another method"
        )


class Explainer:
    """Computes explanations on a device, `cpu` or `cuda`."""

    def __init__(self, artifacts: ArtifactStore, device: str) -> None:
        self._artifacts, self._device = artifacts, torch.device(device)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="explain")
        self._networks: OrderedDict[str, ExplainedNetwork] = OrderedDict()  # of the thread alone
        self._num_requests = 0
        self._newest_seconds = 0.0

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Count a request while its body is read and it is answered; OverloadedError if too many are."""
        if self._num_requests >= MAX_REQUESTS:
            sentence = f"{self._num_requests} requests for explanations are being answered"
            raise OverloadedError(sentence, self._num_requests * self._newest_seconds)
        self._num_requests += 1
        try:
            yield
        finally:
            self._num_requests -= 1

    async def run(self, explain: Callable[[Check], Answer], deadline: Deadline) -> Answer:
        """What `explain` gives in the thread, after those that asked before.

        `explain` calls the function it is given before each pass through a network, which raises where
        the client has gone or the deadline is past: ClientGoneError, TooLongError. OverloadedError where
        that was so before it began.
        """
        asked = perf_counter()
        is_given_up = threading.Event()

        def check() -> None:
            if is_given_up.is_set():
                raise ClientGoneError
            if deadline.timeout is not None and deadline.is_past(asked, perf_counter()):
                raise TooLongError(deadline.timeout)

        def work() -> Answer:
            started = perf_counter()
            if deadline.is_past(asked, started):
                sentence = f"not begun within {deadline.timeout:g} s, after other explanations"
                raise OverloadedError(sentence, self._newest_seconds)
            try:
                return explain(check)
            finally:
                self._newest_seconds = perf_counter() - started

        try:
            return await deadline.run_in(self._thread, work)
        finally:
            is_given_up.set()

    def network_of(self, model: Model) -> ExplainedNetwork:
        """The network of a model, loaded if it is not in memory; to be called in the thread.

        EngineError, ArtifactError.
        """
        if model.id not in self._networks:
            self._networks[model.id] = load_explained(model, self._artifacts, self._device)
        self._networks.move_to_end(model.id)
        while len(self._networks) > 1 and self._num_bytes() > MAX_BYTES:
            self._networks.popitem(last=False)
        return self._networks[model.id]

    def _num_bytes(self) -> int:
        return sum(explained.network.num_bytes for explained in self._networks.values())
