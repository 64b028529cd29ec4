"""The libraries of others are what we say they are, and types are checked against the same versions."""

import hashlib
import json
import re

import pytest

from service.dashboard.files import STATIC

VENDOR = STATIC / "vendor"
CHECKSUMS = dict(
    reversed(line.split("  ")) for line in (VENDOR / "CHECKSUMS").read_text().splitlines()
)
TABLE = (VENDOR / "README.md").read_text()


@pytest.mark.parametrize("name", CHECKSUMS)
def test_a_vendored_file_is_the_one_that_was_checked_in(name):
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == CHECKSUMS[name]


def test_every_vendored_file_has_a_checksum_a_version_and_a_licence():
    files = {path.name for path in VENDOR.iterdir() if path.suffix in {".js", ".css"}}

    assert files == set(CHECKSUMS)
    assert files == set(re.findall(r"`([\w.-]+\.(?:js|css))`(?=[^\n]*\|[^\n]*\|)", TABLE))
    for licence in re.findall(r"\]\((licences/[\w.]+)\)", TABLE):
        assert (VENDOR / licence).read_text().strip()


def test_types_are_checked_against_the_versions_that_are_vendored():
    package = json.loads((STATIC.parent / "types" / "package.json").read_text())
    said = dict(re.findall(r"\| ([@\w/-]+) \| ([\d.]+) \|", TABLE))

    assert said
    assert said.items() <= package["devDependencies"].items()
