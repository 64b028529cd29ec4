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
