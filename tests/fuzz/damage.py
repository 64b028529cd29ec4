"""Real files with damage, as Hypothesis draws it: it finds the smallest damage that breaks something."""

import gzip
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

CORPUS = Path(__file__).parent / "corpus"
TELLING = (0, 1, 0x7F, 0x80, 0xFF)  # values of a damaged byte
LENGTHS = (b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80", b"\x00\x00\x00\x00")
HEAD = 400  # bytes of a file in which most of what can go wrong is said


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """The file with bytes changed, cut out, doubled, or its end missing."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 3))):
        if not content:
            break
        within = HEAD if draw(st.booleans()) else len(content)
        at = draw(st.integers(0, min(within, len(content)) - 1))
        length = draw(st.integers(1, 40))
        match draw(st.sampled_from(["byte", "byte", "length", "cut", "doubled", "ended", "text"])):
            case "byte":
                content[at] = draw(st.one_of(st.sampled_from(TELLING), st.integers(0, 255)))
            case "length":
                content[at : at + 4] = draw(st.sampled_from(LENGTHS))
            case "cut":
                del content[at : at + length]
            case "doubled":
                content[at:at] = content[at : at + length]
            case "text":
                content[at : at + length] = draw(st.text(max_size=length)).encode()
            case _:
                del content[at:]
    return bytes(content)


@st.composite
def damaged_within(draw: st.DrawFn, files: dict[str, bytes], pack: Any) -> bytes:
    """An archive that is whole, of which one file is damaged or lies under another name."""
    name = draw(st.sampled_from(sorted(files)))
    changed = {**files, name: draw(damaged(files[name]))}
    if draw(st.integers(0, 9)) == 0:
        changed[draw(st.text(min_size=1, max_size=12))] = changed.pop(name)
    packed: bytes = pack(changed)
    return packed


def kept(parser: str) -> list[Path]:
    """Files that once broke a parser, or nearly: each is tried again every time."""
    return sorted((CORPUS / parser).iterdir())


def content_of(path: Path) -> bytes:
    """The bytes of a kept file; those that compress well are kept so."""
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".packed" else content
