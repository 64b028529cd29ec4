"""bakeoff work: a worker."""

from service.commands import app
from workers.__main__ import main


@app.command()
def work() -> None:
    """Start a worker: it runs jobs until it is stopped."""
    main()
