"""A token bucket for the requests of one API key, and the headers that describe it.

The headers are those of draft-ietf-httpapi-ratelimit-headers-11.
"""

import math

MINUTE = 60.0
ROUNDING = 1e-9  # of a request: a client that comes back when told is not refused for it


class TokenBucket:
    """Holds the requests of one minute, and fills evenly at that rate."""

    def __init__(self, per_minute: int, now: float) -> None:
        self._per_minute, self._rate = per_minute, per_minute / MINUTE
        self._tokens, self._at = float(per_minute), now

    def take(self, now: float) -> bool:
        """Take one request out of the bucket; False where there is none."""
        filled = self._tokens + (now - self._at) * self._rate
        self._tokens, self._at = min(filled, float(self._per_minute)), now
        if self._tokens < 1 - ROUNDING:
            return False
        self._tokens = max(0.0, self._tokens - 1)
        return True

    @property
    def seconds(self) -> int:
        """Whole seconds until there is one request more than now, at least one."""
        missing = 1 - self._tokens % 1
        return max(1, math.ceil(missing / self._rate))

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """What is granted and what is left, as the fields RateLimit-Policy and RateLimit."""
        policy = f'"key";q={self._per_minute};w={MINUTE:.0f}'
        left = f'"key";r={int(self._tokens)};t={self.seconds}'
        return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", left.encode())]
