"""KServe's own client against a real uvicorn, from an environment of its own: it brings much."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[4]
PYTHON = ROOT / ".venv-kserve" / "bin" / "python"
CLIENT = Path(__file__).with_name("kserve_client.py")

pytestmark = pytest.mark.skipif(
    not PYTHON.exists(), reason="KServe's client is not installed: make kserve-client"
)


@pytest.mark.parametrize("form", ["json", "binary"])
def test_kserve_gets_the_probabilities_that_our_own_api_gives(trained, address, form):
    command = [PYTHON, CLIENT, address, "champion", form]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert shown.returncode == 0, shown.stderr[-2000:]
    told = json.loads(shown.stdout.splitlines()[-1])

    assert (told["live"], told["ready"], told["model_ready"]) == (True, True, True)
    assert told["output"] == "probabilities"
    images = np.random.default_rng(0).integers(0, 256, (5, 1, 8, 8), dtype=np.uint8)
    body = {"instances": images[:, 0].tolist()}
    answer = trained.http.post("/v1/models/champion/predictions?top_k=10", json=body).json()
    classes = trained.http.get("/v1/models/champion").json()["classes"]
    ours = [
        [
            {top["label"]: top["probability"] for top in prediction["top"]}[label]
            for label in classes
        ]
        for prediction in answer["predictions"]
    ]
    np.testing.assert_allclose(told["probabilities"], ours, atol=1e-5)
