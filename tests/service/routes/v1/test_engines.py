"""Predictions by the engine that is asked for."""

import pytest

from tests.service.routes.v1.predicting import encoded, post


def test_every_engine_says_the_same_and_is_named(trained, digit_images):
    engines = {engine["name"] for engine in trained.http.get("/v1/engines").json()["items"]}
    content = encoded(digit_images[7])
    assert {"onnxruntime", "torch", "cuda_graph"} <= engines
    engines.remove("cuda_graph")
    answers = {engine: post(trained, content, engine=engine, top_k=10).json() for engine in engines}

    reference = {
        top["label"]: top["probability"] for top in answers["torch"]["predictions"][0]["top"]
    }
    for name, answer in answers.items():
        assert answer["engine"] == name
        for top in answer["predictions"][0]["top"]:
            assert top["probability"] == pytest.approx(reference[top["label"]], abs=1e-5)


def test_an_engine_that_needs_a_gpu_is_refused_without_one_and_another_is_named(trained, png):
    detail = trained.refused(post(trained, png(), engine="cuda_graph"), 409)

    assert "needs a CUDA device" in detail
    assert "'onnxruntime' or 'torch' serves the model" in detail


def test_an_unknown_engine_is_refused_and_the_nearest_is_named(trained, png):
    assert "did you mean 'torch'" in trained.refused(post(trained, png(), engine="torc"), 422)
