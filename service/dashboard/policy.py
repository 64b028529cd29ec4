"""What a browser may do on the dashboard: run our files, ask this service, and use the camera."""

import base64
import hashlib
import re

IMPORT_MAP = re.compile(rb'<script type="importmap">(.*?)</script>', re.DOTALL)


def security_headers(index: bytes) -> dict[str, str]:
    """The headers of the dashboard's files; the import map within `index` may run, by its hash.

    Trusted Types without a policy turn every assignment of text to `innerHTML` into an error.
    """
    hashes = "".join(f" 'sha256-{_hash(script)}'" for script in IMPORT_MAP.findall(index))
    policy = (
        "default-src 'none'",
        f"script-src 'self'{hashes}",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    }


def _hash(script: bytes) -> str:
    return base64.b64encode(hashlib.sha256(script).digest()).decode()
