"""The latency table of a comparison: what was measured last, else what the training saw."""

from service.analysis.latency import (
    EngineConfiguration,
    Latency,
    is_measured,
    latency_table,
)
from service.analysis.results import ComparisonResults, LabelledArchitecture, Run

AFTER_TRAINING = {"latency": [{"batch_size": 1, "p50": 0.5, "p99": 0.9}], "threads": 2}


def row(p50: float, threads: int = 1, engine: str = "torch", size: int = 1) -> dict[str, object]:
    return {"engine": engine, "threads": threads, "batch_size": size, "p50": p50, "p99": 2 * p50}


def results(*tables: list[dict[str, object]] | None) -> ComparisonResults:
    runs = tuple(
        Run(
            f"job-{n}",
            "cnn",
            n,
            "succeeded",
            f"model-{n}",
            {},
            AFTER_TRAINING,
            rows and {"rows": rows},
        )
        for n, rows in enumerate(tables)
    )
    return ComparisonResults(
        id="x",
        name="x",
        dataset="digits",
        recipe={},
        recipe_hash="",
        seeds=tuple(range(len(tables))),
        folds=None,
        labelled_architectures=(LabelledArchitecture(name="cnn", label="cnn", options={}),),
        runs=runs,
    )


def test_before_anything_is_measured_it_is_what_the_training_saw() -> None:
    nothing = results(None, None)

    assert not is_measured(nothing)
    assert latency_table(nothing, "cnn") == {
        EngineConfiguration("torch", 2): {1: Latency(0.5, 0.9)}
    }


def test_what_was_measured_counts_alone_and_as_the_mean_over_models() -> None:
    measured = results(
        [row(1.0)], [row(3.0), row(7.0, engine="onnxruntime", size=8)], None, [row(5.0)]
    )

    assert is_measured(measured)
    assert latency_table(measured, "cnn") == {
        EngineConfiguration("onnxruntime", 1): {8: Latency(7.0, 14.0)},
        EngineConfiguration("torch", 1): {1: Latency(3.0, 6.0)},
    }
    [latencies] = latency_table(results([row(7.0, size=8)]), "cnn").values()
    assert latencies[8].images_per_second(8) == 8 / 7
