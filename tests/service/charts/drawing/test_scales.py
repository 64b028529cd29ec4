"""Ticks of a log axis: a few, wherever it begins and ends."""

import pytest
from matplotlib.figure import Figure

from service.charts.drawing.scales import log_scale


@pytest.mark.parametrize("low", [1e-12, 1e-7, 0.0013, 0.7])
@pytest.mark.parametrize("ratio", [1.5, 4, 6, 50, 1e3, 1e4, 1e7, 1e14])
def test_a_log_axis_has_some_ticks_and_not_too_many(low: float, ratio: float) -> None:
    axes = Figure(figsize=(4, 3)).subplots()
    axes.plot([0, 1], [low, low * ratio])
    log_scale(axes)

    bottom, top = axes.get_ylim()
    ticks = [tick for tick in axes.get_yticks() if bottom <= tick <= top]
    assert 2 <= len(ticks) <= 12
