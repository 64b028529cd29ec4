"""The body that asks for a table of latencies."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from service.requests.fields import Form, Name, Priority, check_engine
from workers.engines import engines, refuse_quantised
from workers.queue.jobs import JobRequest
from workers.storage.kind_names import LATENCY
from workers.storage.tables import Model

MAX_CELLS = 48  # each takes one second, and a slow one up to twenty
DEFAULT_THREADS = 2  # numbers of threads, where none is given: one, and all cores

BatchSize = Annotated[int, Field(strict=True, ge=1, le=256)]
Threads = Annotated[int, Field(strict=True, ge=1, le=256)]


class LatencyRequest(Form):
    """The table to measure: every engine with every number of threads at every batch size."""

    engines: Annotated[
        list[Name] | None,
        Field(min_length=1, description="see `GET /v1/engines`; null: all", examples=[None]),
    ] = None
    batch_sizes: list[BatchSize] = Field([1, 8, 64], min_length=1, max_length=MAX_CELLS)
    threads: Annotated[
        list[Threads] | None,
        Field(
            min_length=1,
            max_length=MAX_CELLS,
            description="null: one, and as many as the worker's machine has cores",
            examples=[[1, 2]],
        ),
    ] = None
    priority: Priority = 0

    @model_validator(mode="after")
    def _refuse_too_many_cells(self) -> Self:
        num_engines = len(set(self.engines)) if self.engines else len(engines)
        num_threads = len(set(self.threads)) if self.threads else DEFAULT_THREADS
        num_sizes = len(set(self.batch_sizes))
        cells = num_engines * num_sizes * num_threads
        if cells > MAX_CELLS:
            raise ValueError(
                f"{num_engines} engines × {num_sizes} batch sizes × {num_threads} numbers of"
                f" threads are {cells} measurements; one job makes {MAX_CELLS} at most"
            )
        return self

    def job(self, model: Model) -> JobRequest:
        """The job that measures the table of a model; UnknownNameError where no engine has a name.

        EngineError where none of the engines computes the model.
        """
        refuse_quantised(model, self.engines or engines)
        return JobRequest(
            kind=LATENCY,
            dataset=model.dataset,
            architecture=model.architecture,
            seed=model.seed,
            fold=model.fold,
            folds=model.folds,
            options=self._table(),
            priority=self.priority,
            model_id=model.id,
        )

    def _table(self) -> dict[str, Any]:
        return {
            "engines": sorted({check_engine(name) for name in self.engines})
            if self.engines
            else None,
            "batch_sizes": sorted(set(self.batch_sizes)),
            "threads": sorted(set(self.threads)) if self.threads else None,
        }
