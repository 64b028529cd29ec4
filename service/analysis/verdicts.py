"""One sentence for each pair of architectures: which is better, how sure that is, and at what cost."""

from service.analysis.formats import p_words, points, seeds_in_words, tested_in_words
from service.analysis.leaderboard_row import LeaderboardRow
from service.analysis.pair_statistics import LEVEL, Finding, PairStatistics, Statistics

ABOUT_EQUAL = 1.05  # a factor below it is not worth a word
TWICE = 2.0  # from here on more is said as a factor, below in percent
A_TENTH = 10.0  # from here on less is said as a fraction, below in percent
MAX_VERDICTS = 6  # up to here every pair has its sentence, above only those of the best


def verdicts(tested: Statistics, rows: list[LeaderboardRow]) -> list[str]:
    """A sentence for every pair, those of the best architecture first; above MAX_VERDICTS, only those."""
    by_name = {row.architecture: row for row in rows}
    best = rows[0].architecture
    of_best = [pair for pair in tested.pairs if best in {pair.better, pair.worse}]
    others = [pair for pair in tested.pairs if pair not in of_best]
    shown = of_best if len(tested.pairs) > MAX_VERDICTS else of_best + others
    return [verdict(pair, by_name, tested) for pair in shown]


def verdict(pair: PairStatistics, rows: dict[str, LeaderboardRow], tested: Statistics) -> str:
    """One sentence: which is better, by how much, how sure, at what cost; or that it is not known."""
    evidence = _evidence(pair, tested.folds)
    if pair.finding == Finding.BETTER:
        sentence = f"{pair.better} beats {pair.worse} by {_difference(pair)} ({evidence})"
        sentence += _clause_if_small(pair, tested.margin) + _cost(
            rows[pair.better], rows[pair.worse]
        )
    else:
        sentence = f"No difference could be shown between {pair.better} and {pair.worse}:"
        sentence += f" {_difference(pair)} apart ({evidence})"
        sentence += _reason_against(pair, len(tested.pairs)) + _clause_if_equivalent(
            pair, tested.margin
        )
    sentence += _clause_if_pretrained(rows[pair.better], rows[pair.worse])
    return sentence + _clause_if_one_seed(pair) + "."


def _difference(pair: PairStatistics) -> str:
    return f"{points(pair.difference, pair)} points"


def _evidence(pair: PairStatistics, num_folds: int | None) -> str:
    interval = f"95 % CI {points(pair.low, pair)} to {points(pair.high, pair)}"
    if _is_of_architectures(pair):
        # The interval over images is about these networks; this is about those of other trainings.
        low, high = points(pair.low_with_seeds, pair), points(pair.high_with_seeds, pair)
        chance = "images and seeds" if pair.folds is None else "folds"
        interval += f" over images, {low} to {high} over {chance}"
    return f"{interval}, {p_words(pair.p_adjusted)}, n = {_n_in_words(pair, num_folds)}"


def _is_of_architectures(pair: PairStatistics) -> bool:
    """Whether the test takes other trainings as chance; else it is of the networks at hand."""
    return pair.folds is not None or len(pair.seeds) > 1


def _n_in_words(pair: PairStatistics, num_folds: int | None) -> str:
    seeds = seeds_in_words(len(pair.seeds))
    if pair.folds is None:
        return f"{seeds} × {pair.images:,} images"
    have_tested = len(pair.folds)
    folds = (
        f"{num_folds} folds" if have_tested == num_folds else f"{have_tested} of {num_folds} folds"
    )
    if pair.trainings < have_tested * len(pair.seeds):  # some seeds lack some folds
        return f"{pair.trainings} trainings of each on {folds} with {seeds}, {pair.images:,} images"
    return f"{folds} × {seeds}, {tested_in_words(pair.images, len(pair.seeds))}"


def _reason_against(pair: PairStatistics, num_pairs: int) -> str:
    """The reason not to claim a difference that the interval over images shows."""
    if pair.low <= 0:
        return ""
    if pair.low_with_seeds <= 0:
        return f", which other {'seeds' if pair.folds is None else 'folds'} could reverse"
    if pair.p <= LEVEL:
        alone = f"this pair alone: {p_words(pair.p)}"
        return f", which may be chance where {num_pairs} pairs are tested ({alone})"
    return ""


def _clause_if_small(pair: PairStatistics, margin: float) -> str:
    if pair.equivalence_p_adjusted > LEVEL:
        return ""
    return f", which is less than {100 * margin:g} points ({p_words(pair.equivalence_p_adjusted)})"


def _clause_if_equivalent(pair: PairStatistics, margin: float) -> str:
    if pair.finding == Finding.EQUIVALENT:
        p = p_words(pair.equivalence_p_adjusted)
        return f"; they are equivalent to within {100 * margin:g} points ({p})"
    return ""


def _clause_if_pretrained(*compared: LeaderboardRow) -> str:
    """What makes a comparison of the two unequal: one of them has seen more images than the other."""
    pretrained = [row for row in compared if row.pretrained]
    if len(pretrained) != 1:
        return ""
    return f"; {pretrained[0].architecture} was pretrained"


def _clause_if_one_seed(pair: PairStatistics) -> str:
    if _is_of_architectures(pair):
        return ""
    return "; with one seed this is of these two trainings, not of their architectures"


def _cost(better: LeaderboardRow, worse: LeaderboardRow) -> str:
    size = _size(better.num_parameters, worse.num_parameters)
    time = _pace(better.train_seconds.mean or 0.0, worse.train_seconds.mean or 0.0)
    return f", with {size}, and {time}"


def _size(ours: int, theirs: int) -> str:
    if ours == theirs:
        return "as many parameters"
    share = 100 * abs(ours - theirs) / theirs
    if share < 1:
        return "about as many parameters"
    if ours > theirs:
        factor = ours / theirs
        more = f"{factor:.1f} times as many" if factor >= TWICE else f"{share:.0f} % more"
        return f"{more} parameters"
    factor = theirs / ours
    return (
        f"1/{factor:.0f} of the parameters"
        if factor >= A_TENTH
        else f"{share:.0f} % fewer parameters"
    )


def _pace(ours: float, theirs: float) -> str:
    factor = max(ours, theirs) / max(min(ours, theirs), 1e-9)
    if factor < ABOUT_EQUAL:
        return "trains as fast"
    return f"trains {factor:.1f} times {'slower' if ours > theirs else 'faster'}"
