"""What a soak has found, in lines, and whether it passes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.soak.readings import Reading, other_files, rise_in_ten_minutes
from benchmarks.soak.record import Record

MAX_RISE = 1.0  # MiB in ten minutes
JUDGED_FROM = 300.0  # seconds of readings: over less, the rise is mostly chance
SHOWN = 20  # sentences about what went wrong


@dataclass(frozen=True)
class Measured:
    """Of the last process of the service, from its warm-up to the end."""

    readings: Sequence[Reading]
    files: tuple[Counter[str], Counter[str]]  # open before and after, while nobody was connected
    had_small_disk: bool


def report(record: Record, measured: Measured) -> tuple[list[str], bool]:
    """The lines, and whether nothing was wrong."""
    memory, is_memory_right = _memory(measured.readings)
    before, after = measured.files
    more = other_files(before, after)
    lines = [
        *(f"{name} {number:,}" for name, number in sorted(record.counts.items())),
        memory,
        f"open files {before.total()} before, {after.total()} after",
        *(f"  {number} more: {name}" for name, number in more.items()),
        *([] if measured.had_small_disk else ["no small disk could be mounted: none was filled"]),
        f"wrong: {record.num_wrong}",
        *(f"  {sentence}" for sentence in record.wrong[:SHOWN]),
    ]
    return lines, is_memory_right and not more and not record.num_wrong


def _memory(readings: Sequence[Reading]) -> tuple[str, bool]:
    if len(readings) < 2:  # noqa: PLR2004 - for a line
        return "memory was not read", True
    seconds = readings[-1].moment - readings[0].moment
    rise = rise_in_ten_minutes(readings)
    is_judged = seconds >= JUDGED_FROM
    line = (
        f"anonymous memory {readings[0].anonymous_mib:.1f} MiB after warm-up,"
        f" {readings[-1].anonymous_mib:.1f} MiB after {seconds:.0f} s: {rise:+.2f} MiB in ten minutes"
        f" (at most {MAX_RISE:g}; {'judged' if is_judged else 'too short to be judged'})"
    )
    return line, rise < MAX_RISE or not is_judged
