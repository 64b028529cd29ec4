"""Flags for layers that do not learn as they should."""

from collections.abc import Callable

import pytest

from service.analysis.gradient_health import Flag, gradient_health
from service.analysis.results import ComparisonResults, Run

Make = Callable[..., ComparisonResults]


def flags_with(make: Make, **metrics: float | None) -> list[Flag]:
    """The flags of a network that is in order but for these metrics, in its last epoch."""
    whole = make(architectures=1, seeds=1)
    [run] = whole.runs
    epochs = dict(run.epochs)
    for name in [metric for metric in epochs if metric.startswith("gradient_norm/")]:
        epochs[name] = [1.0] * 5
    for name, value in metrics.items():
        epochs[name] = [1e-3, 1e-3, 1e-3, 1e-3, value]
    changed = Run(**{**vars(run), "epochs": epochs})
    [health] = gradient_health(ComparisonResults(**{**vars(whole), "runs": (changed,)}))
    return health.flags


def test_a_network_in_order_has_no_flags(make: Make) -> None:
    assert flags_with(make) == []


@pytest.mark.parametrize(
    ("metric", "value", "kind"),
    [
        ("gradient_norm/stem", 1e-4, "vanishing"),
        ("gradient_norm/stem", 0.0, "vanishing"),
        ("gradient_norm/head", 2000.0, "exploding"),
        ("gradient_norm/head", None, "exploding"),
        ("update_ratio/stem", 1e-8, "frozen"),
        ("update_ratio/stem", 0.5, "restless"),
        ("dead_relu/relu", 0.6, "dead"),
    ],
)
def test_what_stands_out_is_flagged_with_its_rule(
    make: Make, metric: str, value: float | None, kind: str
) -> None:
    [flag] = flags_with(make, **{metric: value})

    assert (flag.kind, flag.layer, flag.value) == (kind, metric.partition("/")[2], value)
    assert flag.rule


def test_an_older_job_that_kept_no_update_ratios_still_has_its_gradients(make: Make) -> None:
    whole = make(architectures=1, seeds=1)
    [run] = whole.runs
    kept = {name: of for name, of in run.epochs.items() if not name.startswith("update_ratio/")}
    older = Run(**{**vars(run), "epochs": kept})

    [health] = gradient_health(ComparisonResults(**{**vars(whole), "runs": (older,)}))

    assert [layer.name for layer in health.layers] == ["stem", "block.conv", "head"]
    assert all(len(layer.gradient_norm) == 5 for layer in health.layers)
    assert not any(layer.update_ratio for layer in health.layers)


def test_batch_norm_is_left_out(make: Make) -> None:
    assert flags_with(make, **{"gradient_norm/norm": 1e-9}) == []
    [health] = gradient_health(make(architectures=1))
    assert [layer.name for layer in health.layers] == ["stem", "block.conv", "head"]
    assert [relu.name for relu in health.relus] == ["relu", "block.relu"]
