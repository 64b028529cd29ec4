"""A result is shown alike, whichever version of Bakeoff stored it."""

from service.results.result_document import result_document


def test_what_an_earlier_version_stored_gets_averages_and_no_recall_of_an_absent_class() -> None:
    stored = {
        "confusion_matrix": [[8, 2, 0], [0, 10, 0], [0, 0, 0]],
        "per_class": [
            {"name": "a", "precision": 1.0, "recall": 0.8, "f1": 8 / 9, "support": 10},
            {"name": "b", "precision": 10 / 12, "recall": 1.0, "f1": 10 / 11, "support": 10},
            {"name": "c", "precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0},
        ],
    }

    shown = result_document(stored)

    assert shown["balanced_accuracy"] == 0.9
    assert round(shown["macro_f1"], 4) == 0.899
    assert shown["per_class"][:2] == stored["per_class"][:2]
    assert shown["per_class"][2] == {
        "name": "c",
        "precision": 0.0,
        "recall": None,
        "f1": None,
        "support": 0,
    }
    assert "balanced_accuracy" not in stored


def test_the_result_of_another_kind_of_job_is_shown_as_it_is() -> None:
    assert result_document({"model_id": "abc", "rows": []}) == {"model_id": "abc", "rows": []}
