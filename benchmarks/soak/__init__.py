"""A soak: mixed traffic and faults against real processes, and what went wrong; see __main__.py."""
