"""Secrets hidden in what is printed and logged."""

import os
import re

HIDDEN = "[hidden]"
#: The user information of an address, a password among its options, and our own API keys.
SECRETS = re.compile(
    r"(?<=://)(?:[^/\s@:]*:[^\s@]*|[^/\s@]+)(?=@)|(?<=[?&]password=)[^&\s]+|\bbakeoff_\w{12}_[\w-]+"
)
#: Names of environment variables whose values are secrets.
SECRET_NAMES = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)
LEAST_SECRET = 12  # characters: a shorter value may be a word like any other


def hide_secrets(text: str) -> str:
    """The text without passwords in addresses, API keys, and the values of secret environment variables."""
    for name, value in os.environ.items():
        if SECRET_NAMES.search(name) and len(value) >= LEAST_SECRET:
            text = text.replace(value, HIDDEN)
    return SECRETS.sub(HIDDEN, text)
