"""Requests for predictions as Hypothesis makes them up: right, or wrong in any part."""

import json

from hypothesis import strategies as st

from service.inference.bodies.limits import MAX_BYTES

TEMPLATES = {
    "predict": "/v1/models/{}/predictions",
    "infer": "/v2/models/{}/infer",
    "infer_by_version": "/v2/models/{}/versions/{}/infer",
}
TENSOR = {"name": "images", "datatype": "UINT8", "shape": [1, 1, 8, 8], "data": [7] * 64}
INFERENCE = json.dumps({"inputs": [TENSOR]}).encode()
ROWS = json.dumps({"instances": [[[7] * 8] * 8]}).encode()

names = st.one_of(
    st.sampled_from(["champion", "latest", "nobody", "stats", "a" * 64, "a" * 65, "", "."]),
    st.sampled_from(["..", "a/b", "a b", "champion\n", "\0", "é", "%63hampion", "{name}"]),
    st.text(max_size=5),
)
versions = st.one_of(
    st.sampled_from(["1", "2", "007", "0", "-1", "+1", "1.0", "1\n", " 1", "first", "9" * 9]),
    st.sampled_from(["9" * 60, "1_0", "٣", "1/2", ""]),
)
queries = st.sampled_from([b"", b"", b"", b"top_k=1", b"top_k=0", b"x", b"&", b"timeout_ms=nan"])
lengths = st.sampled_from(
    [
        *("right", "right", "right", "none", "twice"),
        *(b"3", b"x", b"+3", b" 3", b"-3", b"", b"007"),
        *(b"%d" % (MAX_BYTES + 1), b"9" * 30),
    ]
)
kinds = st.sampled_from([None, b"application/json", b"image/png", b"text/plain", b"\xff"])
others = st.sampled_from(
    [(b"content-encoding", b"gzip"), (b"inference-header-content-length", b"1"), (b"x", b"y")]
)
bodies = st.sampled_from([INFERENCE, ROWS, b"", b"{", b"nonsense"])
methods = st.sampled_from(["POST"] * 6 + ["GET", "HEAD", "OPTIONS", "PUT", "post", ""])


@st.composite
def paths(draw):
    template = draw(st.sampled_from(sorted(TEMPLATES.values())))
    path = template.format(draw(names), draw(versions))
    return draw(st.sampled_from([path] * 5 + [f"{path}/", f"/{path}", path.upper(), path[1:]]))


@st.composite
def requests(draw):
    body, length, kind = draw(bodies), draw(lengths), draw(kinds)
    headers = [] if kind is None else [(b"content-type", kind)]
    headers += draw(st.lists(others, max_size=1))
    stated = b"%d" % len(body)
    headers += {
        "right": [(b"content-length", stated)],
        "none": [],
        "twice": [(b"content-length", stated)] * 2,
    }.get(length, [(b"content-length", length)])
    return {
        "method": draw(methods),
        "path": draw(paths()),
        "query": draw(queries),
        "headers": headers,
        "body": body,
    }
