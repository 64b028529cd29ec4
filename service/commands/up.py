"""bakeoff up: service and worker together, until Ctrl-C."""

from rich.console import Console

from bakeoff.commands._options import Port
from service.commands import app
from service.commands._processes import running
from workers.settings import Settings, settings


@app.command()
def up(port: Port = None) -> None:
    """Start the service and one worker; Ctrl-C stops both."""
    console = Console()
    try:
        with running(on_port(port)) as started:
            console.print(f"Bakeoff is up: {started.url}/docs  (Ctrl-C stops it)", highlight=False)
            started.wait()
    except KeyboardInterrupt:
        console.print("Stopped.")


def on_port(port: int | None) -> Settings:
    """The settings of this process, on another port if one is given."""
    found = settings()
    return found if port is None else found.model_copy(update={"port": port})
