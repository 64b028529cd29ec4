"""The picture of the terminal shows what a terminal would."""

from xml.etree import ElementTree as ET

from benchmarks.pictures import animation, screens

BAR = "\r\x1b[2K\x1b[1A\x1b[2K"  # what rich writes before it draws two lines again
PRINTED = f"start\ncnn 1\nfc 1{BAR}cnn \x1b[32m2\x1b[0m\nfc 2{BAR}cnn 3\nfc 3\nresult\n"


def test_lines_are_written_over() -> None:
    assert screens(PRINTED) == [
        ["start", "cnn 1", "fc 1"],
        ["start", "cnn \x1b[32m2\x1b[0m", "fc 2"],
        ["start", "cnn 3", "fc 3", "result"],
    ]


def test_every_screen_is_a_frame_and_nothing_is_loaded_from_elsewhere() -> None:
    svg = animation(screens(PRINTED))

    frames = [group for group in ET.fromstring(svg) if group.tag.endswith("}g")]  # noqa: S314 - ours
    assert len(frames) == 3
    assert "url(http" not in svg
    assert "@import" not in svg
    for word in ("start", "result", "make&#160;run&#160;DATASET=digits"):
        assert word in svg
