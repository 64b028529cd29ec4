"""Sections of a page that are measured one at a time: each has marks of its own around its text."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.evidence import evidence


def begin_of(name: str) -> str:
    """The mark before a section."""
    return f"<!-- {name}: written by make bench-backbones -->"


def end_of(name: str) -> str:
    """The mark after a section."""
    return f"<!-- end of {name} -->"


def text_of(title: str, lines: Sequence[str], *packages: str) -> str:
    """A section under its title: when, where and with which versions it was measured, then its lines."""
    measured = f"Measured on {datetime.now(UTC):%Y-%m-%d}. {evidence(*packages)}."
    return "\n".join([f"### {title}", "", measured, "", *lines])


def write_section(page: Path, name: str, text: str) -> None:
    """Put a text between the marks of a section; ValueError where the page has no such marks."""
    begin, end = begin_of(name), end_of(name)
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found and found_end):
        raise ValueError(f"{page} has no marks of a section '{name}'")
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")
