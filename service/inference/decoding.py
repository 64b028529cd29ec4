"""Where the images of a request are decoded: on the event loop where that is quick, else in a thread.

A hop to a thread and back takes longer than decoding a small image; a photograph of a telephone
would hold up every other request. The threads are as many as the processors, and not those of other
requests: so the memory of images that are being decoded is bounded, and nobody waits for them who
has sent none.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter

from service.inference.batcher import INLINE_SECONDS
from service.inference.bodies.images import PreparedImages
from service.inference.bodies.request_images import RequestImages
from service.inference.deadlines import Deadline
from service.inference.errors import ClientGoneError, OverloadedError
from service.inference.predictor import Predictor
from workers.processors import num_processors

THREADS = ThreadPoolExecutor(num_processors(), thread_name_prefix="decode")


@dataclass(frozen=True)
class Decoded:
    """What was decoded, the seconds waited for a thread and worked."""

    images: PreparedImages
    queue_seconds: float
    decode_seconds: float


async def decode_images(
    images: RequestImages, predictor: Predictor, deadline: Deadline, white: float | None = None
) -> Decoded:
    """Decode the images of a request for a model; `white` is the number that it says is white.

    ImageError, OverloadedError, ClientGoneError.
    """
    asked = perf_counter()
    if images.seconds_to_prepare(predictor.preparation) < INLINE_SECONDS:
        prepared = images.prepare(predictor.preparation, white)
        return Decoded(prepared, 0.0, perf_counter() - asked)

    def decode() -> Decoded:
        started = perf_counter()
        if deadline.is_past(asked, started):
            sentence = f"not decoded within the {deadline.timeout:g} s asked for"
            raise OverloadedError(sentence, started - asked)
        prepared = images.prepare(predictor.preparation, white)
        return Decoded(prepared, started - asked, perf_counter() - started)

    try:
        return await deadline.run_in(THREADS, decode)
    except (ClientGoneError, OverloadedError):
        predictor.counts.note_failure(perf_counter() - asked)
        raise
