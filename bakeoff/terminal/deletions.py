"""A deletion on the terminal: what went with it, and how it comes back."""

from bakeoff.answers import Json

MEGABYTE = 1e6


def describe_deletion(kind: str, record_id: str, went: Json) -> str:
    """A sentence on what has been deleted, from what was said before it was."""
    counts = {"job": len(went["jobs"]), "model": len(went["models"])}
    counts[kind] = counts.get(kind, 1) - 1  # itself
    counts["file"] = went["artifacts"]
    along = [f"{count} {name}{'s' if count > 1 else ''}" for name, count in counts.items() if count]
    return (
        f"{kind} {record_id}: deleted, with {', '.join(along) or 'no file'}"
        f" ({went['bytes'] / MEGABYTE:,.1f} MB);"
        f" for a day 'bakeoff {kind}s restore {record_id}' brings it back"
    )
