"""Who is ahead in a comparison, by means alone."""

import pytest

from service.analysis.leader import find_leader


def test_the_highest_mean_leads_and_the_second_is_named():
    leader = find_leader({"mlp": [0.5], "cnn": [0.8, 0.9], "resnet": [0.84]})

    assert leader is not None
    assert (leader.architecture, leader.n, leader.ahead_of) == ("cnn", 2, "resnet")
    assert leader.test_accuracy == pytest.approx(0.85)
    assert leader.std == pytest.approx(0.0707, abs=1e-4)
    assert leader.difference == pytest.approx(0.01)


def test_the_only_architecture_with_a_result_leads_nobody():
    leader = find_leader({"mlp": [0.5], "cnn": []})

    assert leader is not None
    assert (leader.architecture, leader.std, leader.ahead_of, leader.difference) == (
        "mlp",
        None,
        None,
        None,
    )


def test_nobody_leads_without_a_result():
    assert find_leader({}) is None
    assert find_leader({"mlp": []}) is None
