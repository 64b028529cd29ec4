"""Real digits as pictures."""

from tests.service.routes.v1.conftest import digit_images

__all__ = ["digit_images"]
