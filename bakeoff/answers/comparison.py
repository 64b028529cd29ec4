"""A comparison with its jobs and its leaderboard."""

from typing import Any

from bakeoff.answers import Json, _html
from bakeoff.answers.job import Job, describe, fraction, seed_and_fold
from bakeoff.answers.leaderboard import Leaderboard


class Comparison(dict[str, Any]):
    """A comparison as the API describes it; a notebook shows its leaderboard and its jobs.

    In a list it has neither `jobs` nor `leaderboard`.
    """

    def __init__(self, document: Json) -> None:
        super().__init__(document)
        if "jobs" in document:
            self["jobs"] = [Job(job) for job in document["jobs"]]
            self["leaderboard"] = Leaderboard(document["leaderboard"])

    def _repr_html_(self) -> str:
        shown = [
            _html.heading(self["name"], self["status"]),
            _html.note(evidence(self)),
        ]
        if self.get("leaderboard"):
            shown.append(_html.Html(self["leaderboard"]._repr_html_()))
        if jobs := self.get("jobs", []):
            listed = _jobs_table(self, jobs)
            has_ended = self["status"] == "succeeded"
            shown.append(_html.details(f"{len(jobs)} jobs", listed) if has_ended else listed)
        return _html.element("div", _html.join(shown))


def evidence(comparison: Json) -> str:
    """What the numbers of a comparison rest on: dataset, number of folds and seeds, recipe."""
    seeds = len(comparison["seeds"])
    counted = f"{seeds} seed{'s' if seeds > 1 else ''}"
    if folds := comparison.get("folds"):  # earlier services have none
        counted = f"{folds} folds × {counted}"
    return f"{comparison['dataset']}, n = {counted}, recipe {comparison['recipe_hash']}"


def job_label(comparison: Json, job: Json) -> str:
    """The label that a comparison gives the architecture of one of its jobs."""
    wanted = (job["architecture"], job["options"])
    entries = comparison["architectures"]
    labels = [e["label"] for e in entries if (e["name"], e["options"]) == wanted]
    return str(labels[0] if labels else job["architecture"])


def _jobs_table(comparison: Json, jobs: list[Job]) -> _html.Html:
    rows = [
        (
            job_label(comparison, job),
            seed_and_fold(job),
            job["id"],
            _bar(job),
            describe(job, " · "),
        )
        for job in jobs
    ]
    return _html.table(("architecture", "seed", "job", "", "state"), rows, left=5)


def _bar(job: Job) -> _html.Html:
    return _html.bar(fraction(job), _html.COLOURS.get(job["status"], _html.OTHER_COLOUR))
