"""Whether every layer learns: gradient norms, updates and dead ReLUs, and flags where they are abnormal.

The rules, each on the last epoch and on means over trainings; batch norm is left out:

- vanishing: a layer's gradient norm is below 1/1000 of the median layer's of its network, or is zero.
- exploding: it is above 1000 times the median layer's, or not finite.
- dead: more than half of a ReLU's units are zero on every one of 1,000 train images.
- frozen: an update moves a layer's weights by less than 1e-6 of their norm.
- restless: an update moves them by more than a tenth.
"""

import math
import statistics
from collections.abc import Callable, Sequence

import numpy as np
from pydantic import BaseModel, Field

from service.analysis.results import ComparisonResults, Run

FAR = 1000.0  # from the median layer
DEAD = 0.5
FROZEN, RESTLESS = 1e-6, 0.1

Floats = list[float | None]


class LayerFlow(BaseModel):
    """One layer or ReLU after each epoch, means over trainings."""

    name: str
    gradient_norm: Floats = Field([], description="RMS over sampled steps of the L2 norm")
    update_ratio: Floats = Field([], description="norm of an update over that of the weights")
    dead_share: Floats = Field([], description="units at zero on every one of 1,000 train images")


class Flag(BaseModel):
    """One layer that breaks a rule in the last epoch."""

    kind: str = Field(examples=["vanishing"])
    layer: str
    value: float | None = Field(description="of the last epoch; null where it is no finite number")
    rule: str


class GradientHealth(BaseModel):
    """One architecture."""

    architecture: str
    layers: list[LayerFlow]
    relus: list[LayerFlow]
    flags: list[Flag] = Field(description="empty where every layer learns")


def gradient_health(results: ComparisonResults) -> list[GradientHealth]:
    """Every architecture that has trained an epoch, in the order asked for."""
    trained = {
        architecture: [run for run in results.runs_of(architecture) if run.epochs]
        for architecture in results.architectures
    }
    return [_health(architecture, runs) for architecture, runs in trained.items() if runs]


def flags_of(results: ComparisonResults, architecture: str, prefix: str) -> list[Flag]:
    """The flags of one architecture in `gradient_norm/`, `update_ratio/` or `dead_relu/`."""
    runs = [run for run in results.runs_of(architecture) if layers_of(run, prefix)]
    return FLAGS[prefix](_flows(runs, prefix)) if runs else []


def layers_of(run: Run, prefix: str = "gradient_norm/") -> list[str]:
    """The layers that have a metric, first to last, without batch norm, which follows another layer."""
    measured = [name.removeprefix(prefix) for name in run.epochs if name.startswith(prefix)]
    if run.result is None or prefix == "dead_relu/":
        return measured
    order = [layer["name"] for layer in run.result["layers"] if "Norm" not in layer["kind"]]
    return [name for name in order if name in measured]


def _health(architecture: str, runs: list[Run]) -> GradientHealth:
    norms, updates, relus = (_flows(runs, prefix) for prefix in FLAGS)
    ratios = {layer.name: layer.update_ratio for layer in updates}  # none of an older job
    layers = [norm.model_copy(update={"update_ratio": ratios.get(norm.name, [])}) for norm in norms]
    flags = [
        flag
        for find_flags, flows in zip(FLAGS.values(), (norms, updates, relus), strict=True)
        for flag in find_flags(flows)
    ]
    return GradientHealth(architecture=architecture, layers=layers, relus=relus, flags=flags)


def _flows(runs: list[Run], prefix: str) -> list[LayerFlow]:
    field = FIELDS[prefix]
    return [
        LayerFlow(name=name, **{field: _mean(runs, prefix + name)})
        for name in layers_of(runs[0], prefix)
    ]


def _mean(runs: Sequence[Run], metric: str) -> Floats:
    curves = [curve for run in runs if (curve := run.curve(metric))]
    if not curves:
        return []
    epochs = min(map(len, curves))
    means = np.mean([curve[:epochs] for curve in curves], axis=0)
    return [float(mean) if math.isfinite(mean) else None for mean in means]


def _norm_flags(layers: list[LayerFlow]) -> list[Flag]:
    last = [(layer.name, layer.gradient_norm[-1]) for layer in layers if layer.gradient_norm]
    finite = [norm for _, norm in last if norm is not None]
    median = statistics.median(finite) if finite else math.nan
    flags = []
    for name, norm in last:
        if norm is None or norm > FAR * median:
            rule = "gradient norm above 1000 times the median layer's, or not finite"
            flags.append(Flag(kind="exploding", layer=name, value=norm, rule=rule))
        elif norm == 0 or norm < median / FAR:
            rule = "gradient norm below 1/1000 of the median layer's, or zero"
            flags.append(Flag(kind="vanishing", layer=name, value=norm, rule=rule))
    return flags


def _update_flags(layers: list[LayerFlow]) -> list[Flag]:
    rules: list[tuple[str, Callable[[float], bool], str]] = [
        ("frozen", lambda ratio: ratio < FROZEN, "update below 1e-6 of the weights' norm"),
        ("restless", lambda ratio: ratio > RESTLESS, "update above a tenth of the weights' norm"),
    ]
    return [
        Flag(kind=kind, layer=layer.name, value=ratio, rule=rule)
        for layer in layers
        for ratio in layer.update_ratio[-1:]
        for kind, applies, rule in rules
        if ratio is not None and applies(ratio)
    ]


def _dead_flags(relus: list[LayerFlow]) -> list[Flag]:
    rule = "more than half of its units zero on every one of 1,000 train images"
    return [
        Flag(kind="dead", layer=relu.name, value=share, rule=rule)
        for relu in relus
        for share in relu.dead_share[-1:]
        if share is not None and share > DEAD
    ]


FIELDS = {
    "gradient_norm/": "gradient_norm",
    "update_ratio/": "update_ratio",
    "dead_relu/": "dead_share",
}
FLAGS: dict[str, Callable[[list[LayerFlow]], list[Flag]]] = {
    "gradient_norm/": _norm_flags,
    "update_ratio/": _update_flags,
    "dead_relu/": _dead_flags,
}
