"""`bakeoff comparisons` against a real service."""

from typer.testing import CliRunner

from bakeoff import Client, commands


def test_a_comparison_is_cancelled_and_queued_again_as_a_whole(empty_address, monkeypatch):
    monkeypatch.setenv("BAKEOFF_URL", empty_address)
    with Client(empty_address) as client:
        made = client.create_comparison("digits", ["cnn", "fully_connected"], seeds=2)

    def run(*arguments):
        return CliRunner().invoke(commands.app, ["comparisons", *arguments]).output.strip()

    assert run("cancel", "latest") == "latest: 4 cancelled"
    assert run("retry", made["id"]) == f"{made['id']}: 4 queued"
