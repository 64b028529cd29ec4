"""FastAPI and eager torch, as people write it. `/empty` is the route that does nothing."""

import sys

import torch
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from benchmarks.serving.peers.network import answer, network, pixels

app = FastAPI()
model = network()


class Images(BaseModel):
    """Image files in base64."""

    images: list[str]


@app.post("/predict")
def predict(body: Images) -> dict[str, list[dict[str, str | float]]]:
    """Decode, predict, answer."""
    with torch.no_grad():
        probabilities = model(pixels(body.images)).softmax(dim=1)
    return {"predictions": answer(probabilities)}


@app.get("/empty")
async def empty() -> dict[str, str]:
    """Nothing but HTTP."""
    return {}


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="warning")
