import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from workers.training.measuring.evaluation import score_of
from workers.training.measuring.running_score import RunningScore

CPU = torch.device("cpu")


@given(sizes=st.lists(st.integers(1, 9), min_size=1, max_size=70), look_at=st.integers(0, 69))
def test_the_mean_over_steps_is_the_mean_over_their_images(sizes: list[int], look_at: int) -> None:
    generator = torch.Generator().manual_seed(len(sizes))
    running = RunningScore(CPU)
    batches = [(torch.randn(n, 4, generator=generator), torch.arange(n) % 4) for n in sizes]

    for number, (logits, labels) in enumerate(batches):
        running.add(torch.nn.functional.cross_entropy(logits, labels), logits, labels)
        if number == look_at:
            running.loss()  # looking changes nothing

    whole = score_of(*(torch.cat(parts) for parts in zip(*batches, strict=True)))
    assert running.num_images == sum(sizes)
    assert running.loss() == pytest.approx(whole.loss, rel=1e-5)
    assert running.accuracy() == pytest.approx(whole.accuracy)
