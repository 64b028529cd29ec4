"""The errors of the client. Each message is a sentence for the person who asked."""


class RefusedError(Exception):
    """The service refused a request; the message is its sentence, `status` its HTTP status."""

    def __init__(self, status: int, detail: str) -> None:
        self.status = status
        super().__init__(detail)


class UnreachableError(Exception):
    """No service answered, or the connection broke before the answer was complete."""
