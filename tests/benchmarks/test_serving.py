"""What `make bench-serving` writes follows from the numbers it has measured."""

import json
import sys

import pytest

from benchmarks.serving import ablated, ablation
from benchmarks.serving.page import NUMBERS, TARGET, page
from service.commands import serve
from service.overload import PARTS


def test_the_page_is_made_of_the_numbers_beside_it():
    assert TARGET.read_text() == page(json.loads(NUMBERS.read_text()))


def rounds(*gains):
    """Rounds in which the whole service is so many times as fast as without any one part."""

    def variant(times):
        return {
            name: {"requests_per_second": 60 / times, "p99": times} for name in ("closed", "open")
        }

    return [
        {ablation.NOTHING: variant(1), **{part: variant(gain) for part in PARTS}} for gain in gains
    ]


def test_a_part_gains_what_the_whole_service_has_over_the_one_without_it():
    *_, last = ablation.table(rounds(2, 4, 3))

    assert last == (
        f"| `{list(PARTS)[-1]}` | 3.00× (2.00 to 4.00) | 3.00× (2.00 to 4.00) | 0.33× (0.25 to 0.50) |"
    )


def test_the_table_in_the_readme_is_replaced_and_nothing_else(tmp_path, monkeypatch):
    before = ablation.README.read_text()
    monkeypatch.setattr(ablation, "README", tmp_path / "README.md")
    ablation.README.write_text(before)

    ablation.write_readme(rounds(2), 3)
    ablation.write_readme(rounds(3), 3)

    written = ablation.README.read_text()
    assert written.partition(ablation.BEGIN)[0] == before.partition(ablation.BEGIN)[0]
    assert written.partition(ablation.END)[2] == before.partition(ablation.END)[2]
    assert written.count("3.00×") == 2 * len(PARTS)
    assert "2.00×" not in written


@pytest.mark.parametrize("left_out", PARTS)
def test_a_variant_is_the_service_without_one_part(monkeypatch, left_out):
    served = {}
    monkeypatch.setattr(
        serve, "run", lambda settings, parts: served.update(port=settings.port, parts=parts)
    )

    ablated.main(left_out, "1234")

    assert served["port"] == 1234
    assert set(PARTS.values()) - set(served["parts"]) == {PARTS[left_out]}


def test_the_variants_are_started_by_the_same_interpreter():
    command = ablation.without("listeners", "x").command

    assert command == [sys.executable, "-m", "benchmarks.serving.ablated", "listeners"]
