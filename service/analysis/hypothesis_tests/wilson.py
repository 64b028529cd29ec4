"""Wilson's confidence interval of a share, such as an accuracy on so many images."""

from scipy import stats

CONFIDENCE = 0.95


def wilson_interval(successes: int, n: int) -> tuple[float, float]:
    """Ends of the 95 % score interval of `successes` out of `n` > 0 independent trials (Wilson 1927)."""
    interval = stats.binomtest(successes, n).proportion_ci(CONFIDENCE, method="wilson")
    return float(interval.low), float(interval.high)
