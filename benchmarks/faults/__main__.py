"""python -m benchmarks.faults PIECE: one piece of docs/fault-tolerance.md, or the page itself.

Each piece has parts, and each part keeps what it found in data/reliability: a part that is there is
not done again, so that an interrupted run goes on. Remove the folder to begin anew.
"""

import argparse
import json
from pathlib import Path

from benchmarks.faults import page
from benchmarks.faults.pieces import PIECES

FOLDER = Path("data/reliability")


def do(piece: str) -> None:
    """Do the parts of a piece that have not been done."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    found, num_parts = PIECES[piece]
    for part in range(num_parts):
        path = FOLDER / f"{piece}-{part}.json"
        if not path.exists():
            path.write_text(json.dumps(found(part)))


def main() -> None:
    """Do one piece, or write the page from what they all found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("piece", choices=[*PIECES, "write"])
    piece = parser.parse_args().piece
    if piece == "write":
        page.write(
            {
                name: [json.loads(one.read_text()) for one in sorted(FOLDER.glob(f"{name}-*.json"))]
                for name in PIECES
            }
        )
    else:
        do(piece)


if __name__ == "__main__":
    main()
