import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from workers.training.recipe import Recipe
from workers.training.schedule import learning_rate


def rates(total: int, **recipe: object) -> list[float]:
    made = Recipe(**recipe)  # type: ignore[arg-type]
    return [learning_rate(made, step, total) for step in range(total)]


def of_torch(scheduler: type, total: int, **arguments: object) -> list[float]:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    schedule = scheduler(optimizer, **arguments)
    found = []
    for _ in range(total):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found


def test_constant_stays() -> None:
    assert set(rates(50, learning_rate=0.1)) == {0.1}


def test_cosine_is_that_of_torch() -> None:
    theirs = of_torch(torch.optim.lr_scheduler.CosineAnnealingLR, 50, T_max=49)

    assert rates(50, learning_rate=0.1, schedule="cosine") == pytest.approx(theirs)


def test_a_warm_up_comes_before_any_schedule_and_ends_at_its_peak() -> None:
    for schedule in ("constant", "cosine", "one_cycle"):
        found = rates(101, learning_rate=0.1, schedule=schedule, warm_up=0.2)

        assert found[0] == pytest.approx(0.1 / 25)
        assert found[:21] == sorted(found[:21])
        assert found[20] == pytest.approx(0.1)
        assert found[20:] == sorted(found[20:], reverse=True)
        whole = rates(81, learning_rate=0.1, schedule=schedule) if schedule != "one_cycle" else None
        assert whole is None or found[20:] == pytest.approx(whole)


def test_one_cycle_is_that_of_torch_up_to_the_step_of_its_peak() -> None:
    theirs = of_torch(
        torch.optim.lr_scheduler.OneCycleLR, 100, max_lr=0.1, total_steps=101, cycle_momentum=False
    )

    ours = rates(101, learning_rate=0.1, schedule="one_cycle")[:100]

    assert ours == pytest.approx(theirs, abs=0.004)
    assert max(ours) == pytest.approx(0.1, rel=1e-3)


@given(
    schedule=st.sampled_from(["constant", "cosine", "one_cycle"]),
    total=st.integers(1, 400),
    peak=st.floats(1e-8, 10),
    warm_up=st.floats(0, 0.9),
)
def test_the_rate_never_exceeds_the_peak_nor_falls_below_zero(
    schedule: str, total: int, peak: float, warm_up: float
) -> None:
    for rate in rates(total, learning_rate=peak, schedule=schedule, warm_up=warm_up):
        assert -1e-12 <= rate <= peak * (1 + 1e-9)
