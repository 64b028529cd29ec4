"""What the client returns: the JSON of the API as plain dicts and lists that notebooks can show.

Each has a module of its own; the modules with an underscore are what they share.
"""

from typing import Any

#: A JSON object.
Json = dict[str, Any]
