"""For every test: a law is searched without a stopwatch, since the machine may be busy."""

import gc

from hypothesis import settings

from tests.postgresql import postgresql as postgresql  # one server for all who ask for it

settings.register_profile(
    "unhurried", settings.get_profile(settings.get_current_profile_name()), deadline=None
)
settings.load_profile("unhurried")


def pytest_collection_finish() -> None:
    """Keep the garbage collector from the modules and tests, which stay to the end."""
    gc.collect()
    gc.freeze()
