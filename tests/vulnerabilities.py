"""Whether an installed package has a known vulnerability that a newer version mends: `make audit`.

pip-audit asks PyPI's service. Where that cannot be reached, nothing is audited, which is said and no failure.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

SECONDS = 15  # for each answer of the service
COMMAND = (
    *(sys.executable, "-m", "pip_audit", "--local", "--skip-editable", "--progress-spinner", "off"),
    *("--timeout", str(SECONDS), "--format", "json"),
)


def main() -> int:
    """Print what was found; 1 where a newer version mends something."""
    try:
        ended = subprocess.run(COMMAND, capture_output=True, text=True, timeout=600, check=False)
    except subprocess.TimeoutExpired:
        return _skip("it took longer than ten minutes")
    try:
        packages = json.loads(ended.stdout)["dependencies"]
    except (ValueError, KeyError):
        return _skip((ended.stderr.strip() or "it said nothing").splitlines()[-1])
    if not any("vulns" in package for package in packages):
        return _skip("its service knows none of the packages")
    return report(packages)


def report(packages: Sequence[dict[str, Any]]) -> int:
    """Print every vulnerability; 1 where a newer version mends one."""
    mended = 0
    audited = [package for package in packages if "vulns" in package]
    for package in audited:
        for found in package["vulns"]:
            newer = ", ".join(found["fix_versions"])
            mended += bool(newer)
            say = f"mended in {newer}" if newer else "not mended by any version yet"
            print(f"{package['name']} {package['version']}: {found['id']}, {say}")  # noqa: T201
    print(f"{len(audited)} of {len(packages)} packages audited")  # noqa: T201
    return int(mended > 0)


def _skip(reason: str) -> int:
    print(f"SKIPPED: no package was audited for vulnerabilities: {reason}", file=sys.stderr)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
