"""The limit of open files: each connection is one, and so is each stream that somebody listens to."""

from contextlib import suppress


def raise_limit() -> None:
    """Raise the soft limit of this process to the hard limit, where the system has them and lets it."""
    try:
        import resource
    except ImportError:  # Windows, which has no such limit
        return
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # macOS: a hard limit that it does not accept as a soft one
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
