"""For every test: a law is searched without a stopwatch, since the machine may be busy."""

from hypothesis import settings

from tests.postgresql import postgresql as postgresql  # one server for all who ask for it

settings.register_profile(
    "unhurried", settings.get_profile(settings.get_current_profile_name()), deadline=None
)
settings.load_profile("unhurried")
