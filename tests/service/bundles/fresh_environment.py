"""A Python environment with onnxruntime, numpy and Pillow and nothing else, as one makes it for a bundle."""

import json
import subprocess
import venv
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

DISTRIBUTIONS = ("numpy", "onnxruntime", "pillow")

EVERY_PACKAGE = """
import json, pkgutil, sys
paths = {module.name: module.module_finder.path for module in pkgutil.iter_modules()}
is_standard = lambda path: path.startswith(sys.base_prefix) and "-packages" not in path
print(json.dumps([name for name, path in paths.items() if not is_standard(path)]))
"""
EVERY_PREDICTION = """
import json, sys
from predict import predict
print(json.dumps([predict(path) for path in sys.argv[1:]], ensure_ascii=True))
"""


class FreshEnvironment:
    """Runs programs by an interpreter that finds those three and the standard library alone."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, symlinks=True, with_pip=False)
        self._python = folder / "bin" / "python"
        [site_packages] = folder.glob("lib/python*/site-packages")
        for name in DISTRIBUTIONS:
            link_distribution(name, site_packages)

    def run(self, *arguments: str, folder: Path, exit_code: int = 0) -> str:
        """What a run in `folder` prints, with nothing of this process in its environment."""
        ended = subprocess.run(
            [self._python, "-s", *arguments],
            cwd=folder,
            env={"PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert ended.returncode == exit_code, ended.stderr
        return ended.stderr if exit_code else ended.stdout

    def packages(self, folder: Path) -> set[str]:
        """Every module that can be imported and is not of the standard library."""
        return set(json.loads(self.run("-c", EVERY_PACKAGE, folder=folder)))

    def predict(self, bundle: Path, images: Path) -> dict[str, dict[str, float]]:
        """File name → class → probability, by the bundle's `predict`, most probable first."""
        paths = sorted(images.iterdir())
        arguments = ("-c", EVERY_PREDICTION, *map(str, paths))
        predictions: list[Any] = json.loads(self.run(*arguments, folder=bundle))
        return {path.name: of_file for path, of_file in zip(paths, predictions, strict=True)}


def link_distribution(name: str, site_packages: Path) -> None:
    """Make the files of an installed distribution importable from another folder."""
    installed = distribution(name)
    tops = {file.parts[0] for file in installed.files or [] if file.parts[0] != ".."}
    for top in tops - {"__pycache__"}:
        (site_packages / top).symlink_to(str(installed.locate_file(top)))
