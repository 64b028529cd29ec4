"""What a user of a client does that openapi-python-client has made; prints what it was told as JSON.

`ask` trains and compares, `see` shows what came of that and predicts.
"""

import json
import sys
from typing import Any

from generated.api.comparisons import create_comparison, show_comparison, show_leaderboard
from generated.api.jobs import create_job, show_job
from generated.api.predictions import predict
from generated.client import Client
from generated.models import NewComparison, PredictJsonBody, Recipe, TrainingRequest


def ask(client: Client) -> dict[str, Any]:
    recipe = Recipe(epochs=1, batch_size=64)
    training = TrainingRequest(dataset="digits", architecture="fully_connected", recipe=recipe)
    comparison = NewComparison(dataset="digits", architectures=["cnn"], recipe=recipe, seeds=1)
    made = create_comparison.sync(client=client, body=comparison)
    return {"job": create_job.sync(client=client, body=training).id, "comparison": made.id}


def see(client: Client, job: str, comparison: str) -> dict[str, Any]:
    image = PredictJsonBody.from_dict({"instances": [[[0] * 8] * 8]})
    answer = predict.sync("latest", client=client, body=image)
    return {
        "job": show_job.sync(job, client=client).status,
        "comparison": show_comparison.sync(comparison, client=client).status,
        "leaders": [
            row.architecture for row in show_leaderboard.sync(comparison, client=client).items
        ],
        "predictions": answer.to_dict()["predictions"],
    }


if __name__ == "__main__":
    address, what, *ids = sys.argv[1:]
    with Client(base_url=address, raise_on_unexpected_status=True) as generated:
        told = ask(generated) if what == "ask" else see(generated, *ids)
    print(json.dumps(told, default=str))  # noqa: T201 - read by the test
