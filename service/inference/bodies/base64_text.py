"""Files written as text, in each way that clients write base64."""

import binascii

URL_SAFE = str.maketrans("-_", "+/")


def decode_base64(text: str) -> bytes:
    """The bytes of a text in base64 (RFC 4648); ValueError.

    It may be a data URL (`data:image/png;base64,…`), have line breaks, use the alphabet that is safe in
    addresses, and lack the padding at its end.
    """
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:  # most texts are plain
        pass
    if text[:5].lower() == "data:":
        head, comma, text = text.partition(",")
        if not comma or not head.lower().endswith(";base64"):
            raise ValueError("a data URL that is not in base64")
    text = "".join(text.split()).translate(URL_SAFE).rstrip("=")
    return binascii.a2b_base64(text + "=" * (-len(text) % 4), strict_mode=True)
