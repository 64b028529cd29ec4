"""The client: every operation of the HTTP API is a method of `Client`; one resource a file, as in `/docs`."""

import os
from types import TracebackType
from typing import Self

from bakeoff.client.architectures import Architectures
from bakeoff.client.charts import Charts
from bakeoff.client.comparisons import Comparisons
from bakeoff.client.datasets import Datasets
from bakeoff.client.health import Health
from bakeoff.client.inference_protocol import InferenceProtocol
from bakeoff.client.jobs import Jobs
from bakeoff.client.keys import Keys
from bakeoff.client.latency import Latency
from bakeoff.client.models import Models
from bakeoff.client.predictions import Predictions
from bakeoff.client.quantisation import Quantisation
from bakeoff.client.weights import Weights
from bakeoff.client.wrong_images import WrongImages
from bakeoff.transport.connection import Connection

__all__ = ["Client"]


class Client(
    Datasets,
    Architectures,
    Comparisons,
    WrongImages,
    Charts,
    Jobs,
    Models,
    Quantisation,
    Predictions,
    Latency,
    Weights,
    Keys,
    Health,
    InferenceProtocol,
):
    """A client of one service. A method has the name of its operation in the API.

    Answers are the JSON of the API: dicts, and lists that are read page by page. `latest` stands for
    the id of the newest comparison, job or model.

    A request is sent again up to `retries` times, after 0.2, 0.4, 0.8, … seconds or after as many as
    the service asks for (up to 60):
    - any request that found no connection, or was refused with 429 and a Retry-After;
    - a request whose connection broke before the answer was complete, or that was answered with 503
      and a Retry-After, unless its method says that it is not sent again: `create_key`, `cancel_job`,
      `retry_job`, `resize_dataset` and those that restore. `create_job`, `create_comparison`,
      `measure_latency` and `quantise_model` carry an Idempotency-Key, so that the service does them once
      however often they arrive.
    A request that had no answer within `timeout` seconds is not sent again, nor is a prediction or
    an inference with a timeout of its own. A DELETE that is sent again and finds nothing has
    succeeded.

    Example:
        client = Client("http://127.0.0.1:8000")
        made = client.create_comparison("mnist", ["fully_connected", "cnn"], recipe={"epochs": 2})
        for state in client.follow_comparison(made["id"]):
            print(state["status"])
        print(client.predict("latest", "three.png")["predictions"][0]["label"])

    Raises:
        RefusedError: from every method, when the service refuses; says why and what it accepts.
        UnreachableError: from every method, when no service answers.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        key: str | None = None,
        timeout: float = 60,
        retries: int = 3,
    ) -> None:
        """Connect when the first request is sent.

        Args:
            url: Address of the service.
            key: An API key, where the service asks for one; by default that in BAKEOFF_API_KEY.
            timeout: Seconds that one attempt may wait for the next bytes.
            retries: Attempts after the first; 6 of them outlast a restart of the service.
        """
        key = key or os.environ.get("BAKEOFF_API_KEY")
        self._connection = Connection(url, key=key, timeout=timeout, retries=retries)

    @property
    def url(self) -> str:
        """Address of the service, without a slash at its end."""
        return self._connection.url

    def close(self) -> None:
        """Close the connections to the service."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
