"""What has no effect on a head is refused, and nothing changes."""

from typing import Any

import pytest

from tests.service.conftest import Service
from tests.service.routes.v1.heads import NETWORK, OPTIONS


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"drop_rate": 0.2}, "option 'drop_rate'"),
        ({"layer_decay": 0.5}, "option 'layer_decay'"),
        ({"pretrained": False}, "option 'train'"),
        ({"train": "hed"}, "option 'train'"),
    ],
)
def test_what_has_no_effect_on_a_head_is_refused(
    untouched: Service, options: dict[str, Any], said: str
) -> None:
    options = OPTIONS | options
    job = {"architecture": NETWORK, "options": options}
    comparison = {"architectures": ["cnn", {"name": NETWORK, "options": options}]}
    for path, body in (("/v1/jobs", job), ("/v1/comparisons", comparison)):
        answer = untouched.http.post(path, json={"dataset": "digits"} | body)
        assert said in untouched.refused(answer, 422)
