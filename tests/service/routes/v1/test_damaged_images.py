"""Damaged image files sent for prediction: an answer or a sentence, never an error of ours."""

import base64
import os
import random

import pytest

from tests.service.routes.v1.predicting import URL, post
from tests.workers.datasets.images.image_files import damaged, samples

EXAMPLES = int(os.environ.get("EXAMPLES", "3")) * 2
SAMPLES = samples()


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.filterwarnings("ignore")  # what Pillow thinks of such files
def test_a_damaged_image_is_refused_or_classified(trained, name):
    chance = random.Random(name)  # noqa: S311 - the same damage each time
    for _ in range(EXAMPLES):
        content = damaged(SAMPLES[name], chance)
        judge(trained, post(trained, content))
        sent = {"images": [base64.b64encode(content).decode()]}
        judge(trained, trained.http.post(URL, json=sent))


def judge(trained, answer):
    if answer.status_code != 200:
        assert "accepted" in trained.refused(answer, 422)
