"""pandas, where it is installed: the client does not need it."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def data_frame(rows: Sequence[dict[str, Any]]) -> "pd.DataFrame":
    """Rows as a DataFrame, null as NaN, as in a CSV; ImportError where pandas is not installed."""
    try:
        import pandas as pd
    except ModuleNotFoundError:
        raise ImportError("to_pandas() needs pandas; install it: pip install pandas") from None
    return pd.DataFrame(
        [
            {name: math.nan if value is None else value for name, value in row.items()}
            for row in rows
        ]
    )
