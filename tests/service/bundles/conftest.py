"""Real digits as pictures, and an environment in which a bundle runs."""

import pytest

from tests.service.bundles.fresh_environment import FreshEnvironment
from tests.service.routes.v1.conftest import digit_images

__all__ = ["digit_images"]


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    return FreshEnvironment(tmp_path_factory.mktemp("environment"))
