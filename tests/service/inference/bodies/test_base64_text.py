"""Every way in which clients write base64 gives the same bytes."""

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.inference.bodies.base64_text import decode_base64

WAYS = {
    "plain": lambda content: base64.b64encode(content).decode(),
    "data URL": lambda content: f"data:image/png;base64,{base64.b64encode(content).decode()}",
    "line breaks": lambda content: base64.encodebytes(content).decode(),
    "safe in addresses": lambda content: base64.urlsafe_b64encode(content).decode(),
    "without padding": lambda content: base64.urlsafe_b64encode(content).decode().rstrip("="),
    "indented": lambda content: re.sub("(.{1,9})", r"\r\n  \1", base64.b64encode(content).decode()),
}


@pytest.mark.parametrize("way", WAYS)
@given(content=st.binary(max_size=200))
def test_the_bytes_are_those_that_were_written(way, content):
    assert decode_base64(WAYS[way](content)) == content


@pytest.mark.parametrize(
    "text", ["%%%%", "abcde", "data:image/png,abcd", "data:", "ab=cd", "Zm9v!"]
)
def test_what_is_no_base64_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        decode_base64(text)
