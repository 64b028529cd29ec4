"""The Python of docs/client.md runs as it stands, against a real service."""

import re
from pathlib import Path
from typing import Any

import bakeoff

PAGE = Path(__file__).parents[2] / "docs" / "client.md"


def test_the_python_of_the_page_runs(service, empty_address, picture, monkeypatch, capsys):
    text = PAGE.read_text()
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    code = "\n".join(blocks).replace("http://127.0.0.1:8000", empty_address)
    monkeypatch.chdir(picture.parent)
    picture.rename("three.png")
    follow = bakeoff.Client.follow_comparison

    def work_meanwhile(client: bakeoff.Client, comparison_id: str) -> Any:
        service.work(jobs=4)
        return follow(client, comparison_id)

    monkeypatch.setattr(bakeoff.Client, "follow_comparison", work_meanwhile)
    scope: dict[str, Any] = {}
    exec(compile(code, str(PAGE), "exec"), scope)  # noqa: S102 - our own page
    scope["client"].close()

    printed = capsys.readouterr().out
    assert "422 unknown architecture 'cn'; did you mean 'cnn'?" in printed
    assert "test_accuracy_std" in printed
