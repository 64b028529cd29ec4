"""bakeoff up: service and worker together, until Ctrl-C."""

import typer
from rich.console import Console

from service.commands._listening import UNIX
from service.commands._port import Port, settings_on_port
from service.commands._processes import run_processes

app = typer.Typer(add_completion=False)


@app.command()
def up(port: Port = None) -> None:
    """Start the service and one worker; Ctrl-C stops both."""
    console = Console()
    try:
        with run_processes(settings_on_port(port)) as started:
            address = started.url if started.url.startswith(UNIX) else f"{started.url}/"
            console.print(f"Bakeoff is up: {address}  (Ctrl-C stops it)", highlight=False)
            started.wait()
    except KeyboardInterrupt:
        console.print("Stopped.")
