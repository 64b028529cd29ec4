"""python -m benchmarks.faults PIECE: one piece of docs/fault-tolerance.md, or the page itself.

Each piece has parts, and each part keeps its result in data/faults: a part that has one is not run
again, so that an interrupted run resumes. Remove the folder to begin anew.
"""

import argparse
import json
from pathlib import Path

from benchmarks.faults import page
from benchmarks.faults.pieces import PIECES

FOLDER = Path("data/faults")


def run(piece: str) -> None:
    """Run the parts of a piece that have no result yet."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    found, num_parts = PIECES[piece]
    for part in range(num_parts):
        path = FOLDER / f"{piece}-{part}.json"
        if not path.exists():
            path.write_text(json.dumps(found(part)))


def main() -> None:
    """Run a piece, or write the page from the results of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("piece", choices=[*PIECES, "write"])
    piece = parser.parse_args().piece
    if piece == "write":
        page.write(
            {
                name: [
                    json.loads(path.read_text()) for path in sorted(FOLDER.glob(f"{name}-*.json"))
                ]
                for name in PIECES
            }
        )
    else:
        run(piece)


if __name__ == "__main__":
    main()
