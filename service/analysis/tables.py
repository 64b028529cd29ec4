"""A leaderboard as a table for other programs: CSV with every number, LaTeX with those of a paper."""

import csv
import io
from collections.abc import Iterator

from service.analysis.estimate import Estimate
from service.analysis.leaderboard_row import LeaderboardRow

ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        **{character: f"\\{character}" for character in "&%$#_{}"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
#: Where a cell begins with one, a spreadsheet computes it; the last four are their wide forms.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def as_csv(rows: list[LeaderboardRow]) -> str:
    """Every number; those over trainings with their mean, std, low and high in columns of their own."""
    written = io.StringIO()
    flat = [dict(_flatten(row)) for row in rows]
    writer = csv.DictWriter(written, fieldnames=list(flat[0]) if flat else ["rank", "architecture"])
    writer.writeheader()
    writer.writerows(flat)
    return written.getvalue()


def as_latex(rows: list[LeaderboardRow], *, caption: str) -> str:
    """A booktabs table: scores, calibration, time, latency and size, mean ± std over n trainings."""
    lines = [
        r"\begin{table}",
        rf"\caption{{{caption.translate(ESCAPES)}}}",
        r"\begin{tabular}{lrrrrrrrrr}",
        r"\toprule",
        r"architecture & $n$ & test accuracy (\%) & balanced accuracy (\%) & macro F1 & test loss"
        r" & ECE (\%) & training (s) & latency (ms) & parameters \\",
        r"\midrule",
        *(_latex_row(row) for row in rows),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def named(row: LeaderboardRow) -> str:
    """The architecture with its marks: `timm/resnet18 (pretrained, head alone)`."""
    return f"{row.architecture} ({', '.join(row.marks)})" if row.marks else row.architecture


def _flatten(row: LeaderboardRow) -> Iterator[tuple[str, object]]:
    for name, value in row:
        if isinstance(value, Estimate):
            yield name, value.mean
            yield f"{name}_std", value.std
            yield f"{name}_low", value.low
            yield f"{name}_high", value.high
        elif name == "pareto":
            yield from ((f"pareto_{cost}", on) for cost, on in row.pareto)
        else:
            text = ", ".join(value) if isinstance(value, list) else value
            is_formula = isinstance(text, str) and text.lstrip(" ").startswith(FORMULA_STARTS)
            yield name, f"'{text}" if is_formula else text  # or a spreadsheet would run it


def _latex_row(row: LeaderboardRow) -> str:
    cells = [
        named(row).translate(ESCAPES),
        str(row.n),
        _spread(row.test_accuracy, 100, 2),
        _spread(row.balanced_accuracy, 100, 2),
        _spread(row.macro_f1, 1, 4),
        _spread(row.test_loss, 1, 4),
        _spread(row.ece, 100, 2),
        _spread(row.train_seconds, 1, 1),
        _spread(row.latency_p50_batch_1, 1000, 3),
        f"{row.num_parameters:,}".replace(",", r"\,"),
    ]
    return " & ".join(cells) + r" \\"


def _spread(estimate: Estimate, scale: float, digits: int) -> str:
    if estimate.mean is None:
        return "--"
    mean = f"{scale * estimate.mean:.{digits}f}"
    return mean if estimate.std is None else rf"${mean} \pm {scale * estimate.std:.{digits}f}$"
