"""Laws of the bucket that bounds requests."""

from hypothesis import given
from hypothesis import strategies as st

from service.security.rate_limits import MINUTE, TokenBucket

rates = st.integers(1, 10_000)
pauses = st.lists(st.floats(0, 30), max_size=60)


@given(rates, pauses)
def test_no_stretch_of_time_has_more_requests_than_a_full_bucket_and_what_flowed_in(rate, pauses):
    now, taken = 1000.0, []
    bucket = TokenBucket(rate, now)
    for pause in pauses:
        now += pause
        if bucket.take(now):
            taken.append(now)
    for first in range(len(taken)):
        for last in range(first, len(taken)):
            allowed = rate + (taken[last] - taken[first]) * rate / MINUTE
            assert last - first + 1 <= allowed + 1e-6


@given(rates, pauses)
def test_whoever_comes_back_when_told_is_let_in(rate, pauses):
    now = 0.0
    bucket = TokenBucket(rate, now)
    for pause in pauses:
        now += pause
        while bucket.take(now) and bucket.take(now):
            pass
        now += bucket.seconds
        assert bucket.take(now)
