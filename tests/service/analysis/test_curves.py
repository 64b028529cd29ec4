"""Curves over jobs: mean and spread, and the points that are chosen of a long one."""

import numpy as np

from service.analysis.curves import (
    MAX_VALUES,
    MIN_POINTS,
    MeasuredJob,
    architecture_curve,
    choose_points,
    points_for,
)


def job(*values: float, seconds: list[float] | None = None) -> MeasuredJob:
    of_epochs = np.array(seconds) if seconds else None
    return MeasuredJob("a", 0, None, np.array(values), of_epochs)


def test_a_job_that_has_stopped_drops_out_of_mean_and_spread() -> None:
    curve = architecture_curve("cnn", [job(1.0, 2.0, np.nan), job(3.0, 4.0, 5.0)], points=200)

    assert curve.epochs == curve.x == [1, 2, 3]
    assert curve.n == [2, 2, 1]
    assert curve.mean == [2.0, 3.0, 5.0]
    assert curve.std == [2**0.5, 2**0.5, None]
    assert [row.values for row in curve.jobs] == [[1.0, 2.0, None], [3.0, 4.0, 5.0]]


def test_epochs_that_no_job_has_reached_are_left_out() -> None:
    assert architecture_curve("cnn", [job(1.0, np.nan, np.nan)], points=200).epochs == [1]
    assert architecture_curve("cnn", [job(np.nan, np.nan)], points=200).epochs == []


def test_a_value_that_is_not_finite_is_null_between_others() -> None:
    assert architecture_curve("cnn", [job(1.0, np.nan, 3.0)], points=200).mean == [1.0, None, 3.0]


def test_seconds_add_up_from_epoch_to_epoch_and_are_averaged_over_jobs() -> None:
    measured = [job(1.0, 2.0, seconds=[1.0, 2.0]), job(1.0, 2.0, seconds=[3.0, 4.0])]

    assert architecture_curve("cnn", measured, points=200).x == [2.0, 5.0]


def test_a_long_curve_keeps_its_ends_and_its_peak() -> None:
    values = np.zeros(1000)
    values[[0, 617, -1]] = 1.0, 9.0, 2.0
    curve = architecture_curve("cnn", [job(*values), job(*(values + 1))], points=20)

    assert len(curve.epochs) == 20
    assert {1, 618, 1000} <= set(curve.epochs)
    assert [row.values[curve.epochs.index(618)] for row in curve.jobs] == [9.0, 10.0]


def test_the_points_chosen_are_those_of_the_definition_of_the_largest_triangle() -> None:
    generator = np.random.default_rng(0)
    x, y = np.arange(120.0), generator.normal(size=120)
    chosen = choose_points(x, y, 12)

    edges = np.linspace(1, 119, 11).astype(int)
    for number, point in enumerate(chosen[1:-1], start=1):
        bucket = range(edges[number - 1], edges[number])
        behind = range(edges[number], edges[number + 1]) if number < 10 else range(119, 120)
        before, mean = chosen[number - 1], (x[behind].mean(), y[behind].mean())
        areas = [_area((x[before], y[before]), (x[each], y[each]), mean) for each in bucket]
        assert point == bucket[int(np.argmax(areas))]


def _area(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return abs((a[0] - c[0]) * (b[1] - a[1]) - (a[0] - b[0]) * (c[1] - a[1])) / 2


def test_gaps_do_not_keep_a_curve_from_being_thinned() -> None:
    values = np.sin(np.arange(300.0))
    values[100:200] = np.nan

    assert len(choose_points(np.arange(300.0), values, 50)) == 50
    assert len(choose_points(np.arange(300.0), np.full(300, np.nan), 50)) == 50


def test_many_jobs_share_the_values_of_an_answer() -> None:
    assert points_for(200, 120) == 200
    assert points_for(200, 2500) == MAX_VALUES // 2500
    assert points_for(1000, 10**6) == MIN_POINTS
