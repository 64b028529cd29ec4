"""Results to draw and to analyse."""

from tests.service.comparison_results import make, unfinished

__all__ = ["make", "unfinished"]
