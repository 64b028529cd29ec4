"""Numbers as they are written."""

from service.analysis.formats import p_words


def test_a_p_value_is_never_said_to_be_zero() -> None:
    assert [p_words(p) for p in (0.0, 0.0123, 0.5, 0.999)] == [
        "p < 0.001",
        "p = 0.012",
        "p = 0.5",
        "p = 1",
    ]
