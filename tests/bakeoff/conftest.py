"""The client and its commands are tested against the same real service as the service itself."""

from tests.service.conftest import _short_latency as _short_latency
from tests.service.conftest import address as address
from tests.service.conftest import empty_address as empty_address
from tests.service.conftest import npz as npz
from tests.service.conftest import png as png
from tests.service.conftest import service as service
from tests.service.conftest import trained as trained
