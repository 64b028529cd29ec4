"""bakeoff up: service and worker together, until Ctrl-C."""

import typer
from rich.console import Console

from service.commands._port import Port, settings_on_port
from service.commands._processes import run_processes

app = typer.Typer(add_completion=False)


@app.command()
def up(port: Port = None) -> None:
    """Start the service and one worker; Ctrl-C stops both."""
    console = Console()
    try:
        settings = settings_on_port(port)
        with run_processes(settings) as started:
            address = started.url if settings.socket_file else f"{started.url}/"
            console.print(f"Bakeoff is up: {address}  (Ctrl-C stops it)", highlight=False)
            started.wait()
    except KeyboardInterrupt:
        console.print("Stopped.")
