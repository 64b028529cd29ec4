"""How fast a network will train: measured before, or scaled from others, or not known."""

from service.analysis.cost import UNKNOWN_SPEED, SeenSpeed, speed

CPU, GPU = "a processor", "a graphics card"


def test_a_speed_is_the_median_of_all_epochs_seen() -> None:
    found = speed([SeenSpeed([100, 300], 1e6, CPU), SeenSpeed([200], 1e6, CPU)], [], 1e6)

    assert (found.images_per_second, found.basis) == (200, "measured")
    assert (found.num_epochs, found.num_jobs, found.device) == (3, 2, CPU)


def test_only_the_device_of_the_newest_training_counts() -> None:
    seen = [
        SeenSpeed([150], None, None),  # it runs: its device is not known yet
        SeenSpeed([100, 200], 1e6, CPU),
        SeenSpeed([9000], 1e6, GPU),
    ]

    assert speed(seen, [], 1e6).images_per_second == 150
    assert speed(seen, [], 1e6).device == CPU


def test_a_network_that_was_never_seen_is_scaled_by_flops() -> None:
    others = [SeenSpeed([100, 110, 120], 2e6, CPU), SeenSpeed([5], None, CPU)]
    found = speed([], others, 1e6)

    assert (found.images_per_second, found.basis, found.num_epochs) == (220, "scaled", 3)


def test_nothing_is_known_where_nothing_was_seen_or_can_be_scaled() -> None:
    others = [SeenSpeed([100], 2e6, CPU)]

    assert speed([], [], 1e6) == UNKNOWN_SPEED
    assert speed([], others, None) == UNKNOWN_SPEED
    assert speed([SeenSpeed([], None, None)], [], 1e6) == UNKNOWN_SPEED
