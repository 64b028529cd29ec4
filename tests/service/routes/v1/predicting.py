"""Asking for predictions, and pictures to ask with."""

import io

URL = "/v1/models/latest/predictions"


def post(service, content, content_type="image/png", **parameters):
    return service.http.post(
        URL, content=content, headers={"Content-Type": content_type}, params=parameters
    )


def encoded(image, file_format="PNG", **options):
    written = io.BytesIO()
    image.save(written, file_format, **options)
    return written.getvalue()


def probabilities_by_engine(service, model_id, content):
    """The probability of the likeliest class of an image, by torch and by ONNX Runtime."""
    found = []
    for engine in ("torch", "onnxruntime"):
        answer = service.http.post(
            f"/v1/models/{model_id}/predictions",
            params={"engine": engine, "top_k": 10},
            content=content,
            headers={"Content-Type": "image/png"},
        )
        assert answer.status_code == 200, answer.text
        found.append(answer.json()["predictions"][0]["probability"])
    return found
