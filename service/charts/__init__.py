"""Charts: functions from a comparison's results to a figure, registered by decorator, found by being here.

The first line of a chart's docstring is its title, the rest says what it shows.
"""

from collections.abc import Callable

from matplotlib.figure import Figure

from models import Registry
from service.analysis.results import ComparisonResults

Chart = Callable[[ComparisonResults], Figure]

charts: Registry[Chart] = Registry("chart", __name__)
