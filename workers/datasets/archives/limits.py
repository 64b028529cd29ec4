"""What an archive may hold at most, before anything of it is unpacked."""

import re
from collections.abc import Container

from workers.datasets.errors import ArchiveError

MAX_ENTRIES = 1_000_000
MAX_BYTES = 32 * 1024**3  # unpacked, all entries together; they are on disk, not in memory
MAX_RATIO = 200  # unpacked over packed; photographs stay near 1, uint8 arrays under 100
SURROGATE = re.compile("[\\ud800-\\udfff]")
RATIO_FREE_BYTES = 1024**2  # small files may compress as they like
MAX_TABLE_BYTES = 256 * 1024**2  # of a file that is read into memory: a table, a pickle


def check_number(number: int) -> None:
    """ArchiveError where there are too many entries, or images in an array."""
    if number > MAX_ENTRIES:
        raise ArchiveError(
            f"the archive has more than {MAX_ENTRIES:,} files or images, the most accepted"
        )


def check_total(num_bytes: int) -> None:
    """ArchiveError where the entries are too large together."""
    if num_bytes > MAX_BYTES:
        raise ArchiveError(
            f"the archive would unpack to {num_bytes:,} bytes; at most {MAX_BYTES:,} are accepted"
        )


def check_ratio(name: str, unpacked: int, packed: int) -> None:
    """ArchiveError where a few bytes would become a great many."""
    ratio = unpacked / max(1, packed)
    if unpacked > RATIO_FREE_BYTES and ratio > MAX_RATIO:
        raise ArchiveError(
            f"'{name[:200]}' unpacks to {ratio:,.0f} times its size; at most {MAX_RATIO} is accepted"
        )


def check_path(name: str) -> str:
    """The path of an entry, with `/` between folders; ArchiveError where it would leave the archive."""
    path = with_slashes(name)
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if not parts:
        raise ArchiveError("the archive has an entry without a name")
    is_drive = len(parts[0]) == len("C:") and parts[0].endswith(":")
    if path.startswith("/") or ".." in parts or is_drive or "\0" in name:
        raise ArchiveError(f"the archive has a path that leaves it: {name[:200]!r}")
    if not is_text(name):
        raise ArchiveError(
            f"the archive has a name that is not UTF-8: {name[:200]!r}; rename it, or pack the"
            " folders again with a program that writes UTF-8"
        )
    return "/".join(parts)


def with_slashes(name: str) -> str:
    """A path with `/` between folders: some programs on Windows write them the other way."""
    return name.replace("\\", "/")


def is_text(name: str) -> bool:
    """Whether a name is Unicode; Python stands surrogates for bytes that are not."""
    return SURROGATE.search(name) is None


def check_new(name: str, names: Container[str]) -> None:
    """ArchiveError where the archive has two files of the same path: the first would vanish."""
    if name in names:
        raise ArchiveError(f"the archive has the file {name[:200]!r} twice; keep one of them")
