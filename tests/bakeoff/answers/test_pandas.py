"""Leaderboard and metrics as data frames, where pandas is installed."""

import io
import sys

import pandas as pd
import pytest

from bakeoff.answers.metrics import Metrics


def test_a_leaderboard_has_the_columns_and_numbers_of_its_csv(client):
    frame = client.show_leaderboard("latest").to_pandas()
    csv = pd.read_csv(io.StringIO(client.show_leaderboard_csv("latest")))

    pd.testing.assert_frame_equal(frame, csv, check_dtype=False)
    assert frame.sort_values("test_accuracy", ascending=False)["rank"].tolist() == [1, 2]
    assert client.show_comparison("latest")["leaderboard"].to_pandas().equals(frame)


def test_metrics_are_indexed_by_epoch(client):
    [job, *_] = client.list_jobs(status="succeeded")
    frame = client.show_metrics(job["id"]).to_pandas()

    assert frame.index.tolist() == [1, 2]
    assert frame.index.name == "epoch"
    assert frame["train_loss"].dtype == float
    assert any(column.startswith("gradient_norm/") for column in frame.columns)
    assert Metrics().to_pandas().empty


def test_without_pandas_a_sentence_says_what_to_install(client, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(ImportError, match="pip install pandas"):
        client.show_leaderboard("latest").to_pandas()
