"""Operations of the OpenAPI document one after the other, each with what those before have answered.

schemathesis infers which answer holds what another operation asks for. EXAMPLES says how many sequences.
"""

import os
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis.stateful import run_state_machine_as_test

from tests.service.conftest import Service, served
from tests.service.test_openapi import cancel_all, own
from workers.settings import Settings

EXAMPLES = int(os.environ.get("EXAMPLES", "10"))
STEPS = 12  # of a sequence

__all__ = ["own"]  # the fixture


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.filterwarnings("default")  # of the library, which generates what it then warns of
def test_no_sequence_of_requests_is_answered_by_an_error_of_ours(
    own: Settings, trained: Service
) -> None:
    document = trained.http.get("/openapi.json").json()
    # A stream that begins has no end; its refusals are in routes/v1/test_events.py.
    schema = schemathesis.openapi.from_dict(document).exclude(path="/v1/events")
    asked: set[str] = set()

    with served(own) as address:

        class Sequence(schema.as_state_machine()):  # type: ignore[misc]
            def get_call_kwargs(self, case: Any) -> dict[str, Any]:
                del case
                return {"base_url": address, "timeout": 60}

            def validate_response(self, response: Any, case: Any, **_: Any) -> None:
                cancel_all(own)
                label = case.operation.label
                asked.add(label)
                documented = case.operation.definition.raw["responses"]
                said = f"{label}: {response.status_code} {response.content[:300]!r}"
                said += f" for {case.as_curl_command()[:600]}"
                assert response.status_code < 500, said
                assert str(response.status_code) in documented, said

        run_state_machine_as_test(
            Sequence,
            settings=hypothesis.settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                derandomize=True,
                database=None,
                deadline=None,
                phases=[hypothesis.Phase.generate],
                suppress_health_check=list(hypothesis.HealthCheck),
            ),
        )

    assert len(asked) > 10  # operations: what one answers is asked of others
