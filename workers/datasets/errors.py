"""What can be wrong with an upload."""


class ArchiveError(ValueError):
    """An archive that is refused; the message says why and what would be accepted."""


class DatasetConflictError(ValueError):
    """The change would spoil what others rely on."""
