"""Short random ids for rows."""

import secrets

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # without l, o, 0 and 1, which look alike
LENGTH = 12  # 32¹² ids: a billion rows share none with a chance of more than half


def new_id() -> str:
    """A new random id."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
