"""Comparisons: several architectures side by side."""

import time
from collections.abc import Iterator, Sequence

from bakeoff.answers import Json
from bakeoff.answers.comparison import Comparison
from bakeoff.answers.leaderboard import Leaderboard
from bakeoff.client._resource import Resource, omit_none

ENDED = frozenset({"succeeded", "failed", "cancelled"})


class Comparisons(Resource):
    """Methods for comparisons."""

    def create_comparison(  # noqa: PLR0913 - each parameter is one of the API
        self,
        dataset: str | None = None,
        architectures: Sequence[str | Json] | None = None,
        *,
        recipe: Json | str | None = None,
        seeds: int | Sequence[int] | None = None,
        folds: int | None = None,
        name: str | None = None,
        priority: int | None = None,
        jobs: Sequence[str] | None = None,
        idempotency_key: str | None = None,
    ) -> Comparison:
        """Train every architecture with every seed, or compare jobs that are there.

        Args:
            dataset: Name of a dataset.
            architectures: Names, or objects of `name`, `label` and `options`.
            recipe: Fields of a recipe, or the name of a preset such as "fast".
            seeds: How many (0, 1, …) or which; 3 by default, with folds 1.
            folds: Cross-validation: all images are divided into so many parts, each of which tests
                what was trained on the others; by default the dataset's own test split does.
            name: A title.
            priority: -100 to 100; higher goes first.
            jobs: Ids of trainings to compare instead: same dataset, split, recipe and number of
                folds. Only `name` goes with them, and nothing is trained again.
            idempotency_key: A request with the same key and body makes no second comparison, not
                even from another process; by default a random key that covers retries.
        """
        body = omit_none(
            dataset=dataset,
            architectures=architectures,
            recipe=recipe,
            seeds=seeds,
            folds=folds,
            name=name,
            priority=priority,
            jobs=jobs,
        )
        return Comparison(self._connection.post_once("/v1/comparisons", body, idempotency_key))

    def estimate_cost(  # noqa: PLR0913 - each parameter is one of the API
        self,
        dataset: str,
        architectures: Sequence[str | Json],
        *,
        recipe: Json | str | None = None,
        seeds: int | Sequence[int] | None = None,
        folds: int | None = None,
        name: str | None = None,
        priority: int | None = None,
    ) -> Json:
        """What `create_comparison` would cost with the same arguments; nothing is enqueued.

        Parameters, FLOPs, images per second so far and seconds of training, of each architecture and in all.
        """
        body = omit_none(
            dataset=dataset,
            architectures=architectures,
            recipe=recipe,
            seeds=seeds,
            folds=folds,
            name=name,
            priority=priority,
        )
        return self._connection.post("/v1/comparisons/cost", body)

    def list_comparisons(
        self, *, search: str | None = None, tag: str | None = None
    ) -> Iterator[Comparison]:
        """Comparisons, newest first, without their jobs and leaderboards; only those that fit."""
        return map(Comparison, self._connection.items("/v1/comparisons", search=search, tag=tag))

    def show_comparison(self, comparison_id: str) -> Comparison:
        """One comparison: status, jobs with progress, and the leaderboard so far."""
        return Comparison(
            self._connection.get("/v1/comparisons/{comparison_id}", comparison_id=comparison_id)
        )

    def label_comparison(
        self,
        comparison_id: str,
        *,
        name: str | None = None,
        note: str | None = None,
        tags: Sequence[str] | None = None,
    ) -> Comparison:
        """Change the name, the note or the tags of a comparison; `""` and `[]` clear, None leaves it."""
        body = omit_none(name=name, note=note, tags=tags)
        path = "/v1/comparisons/{comparison_id}"
        return Comparison(self._connection.patch(path, body, comparison_id=comparison_id))

    def cancel_comparison(self, comparison_id: str) -> Comparison:
        """Cancel every training that has not ended: at once where it waits, within a second where it runs.

        Not sent again after it may have arrived: a second time it is refused.
        """
        path = "/v1/comparisons/{comparison_id}/cancel"
        return Comparison(
            self._connection.post(path, comparison_id=comparison_id, repeatable=False)
        )

    def retry_comparison(self, comparison_id: str) -> Comparison:
        """Queue every training that failed or was cancelled again; each goes on from its last epoch.

        Not sent again after it may have arrived: a second time it is refused.
        """
        path = "/v1/comparisons/{comparison_id}/retry"
        return Comparison(
            self._connection.post(path, comparison_id=comparison_id, repeatable=False)
        )

    def show_comparison_deletion(self, comparison_id: str) -> Json:
        """The jobs, models and files that would go with a comparison, and what forbids deleting it."""
        path = "/v1/comparisons/{comparison_id}/deletion"
        return self._connection.get(path, comparison_id=comparison_id)

    def delete_comparison(self, comparison_id: str) -> None:
        """Delete a comparison, with what `show_comparison_deletion` says; it can be restored for a day."""
        self._connection.send(
            "DELETE", "/v1/comparisons/{comparison_id}", {"comparison_id": comparison_id}
        )

    def restore_comparison(self, comparison_id: str) -> Comparison:
        """Bring a deleted comparison back, with all that went with it.

        Not sent again after it may have arrived: a second time it is refused.
        """
        path = "/v1/comparisons/{comparison_id}/restore"
        return Comparison(
            self._connection.post(path, comparison_id=comparison_id, repeatable=False)
        )

    def follow_comparison(
        self, comparison_id: str, *, interval: float = 0.5
    ) -> Iterator[Comparison]:
        """The comparison again every `interval` seconds, for the last time when it has ended."""
        while True:
            state = self.show_comparison(comparison_id)
            yield state
            if state["status"] in ENDED:
                return
            time.sleep(interval)

    def show_leaderboard(self, comparison_id: str, *, sort: str | None = None) -> Leaderboard:
        """Every architecture with n, mean, standard deviation and 95 % interval over seeds and folds.

        `sort` is the column by which the best comes first, by default test_accuracy.
        """
        return Leaderboard(
            self._connection.items(
                "/v1/comparisons/{comparison_id}/leaderboard",
                comparison_id=comparison_id,
                sort=sort,
            )
        )

    def show_leaderboard_csv(self, comparison_id: str, *, sort: str | None = None) -> str:
        """Every number of the leaderboard as CSV, one line for each architecture."""
        path = "/v1/comparisons/{comparison_id}/leaderboard.csv"
        return self._connection.download(path, comparison_id=comparison_id, sort=sort).decode()

    def show_leaderboard_latex(self, comparison_id: str, *, sort: str | None = None) -> str:
        """The leaderboard as a LaTeX table with booktabs."""
        path = "/v1/comparisons/{comparison_id}/leaderboard.tex"
        return self._connection.download(path, comparison_id=comparison_id, sort=sort).decode()

    def show_statistics(self, comparison_id: str, *, margin: float | None = None) -> Json:
        """Every two architectures tested on the same images, seeds and folds, with verdicts in words.

        Differences of accuracy below `margin` (0 to 0.5) count as equivalent.
        """
        path = "/v1/comparisons/{comparison_id}/statistics"
        return self._connection.get(path, comparison_id=comparison_id, margin=margin)

    def show_overfitting(self, comparison_id: str) -> list[Json]:
        """From which epoch each architecture overfits, if it does, and its gap by epoch."""
        path = "/v1/comparisons/{comparison_id}/overfitting"
        return list(self._connection.items(path, comparison_id=comparison_id))

    def show_gradient_flow(self, comparison_id: str) -> list[Json]:
        """Gradient norm, update-to-weight ratio and dead ReLUs by layer and epoch, with flags."""
        path = "/v1/comparisons/{comparison_id}/gradient_flow"
        return list(self._connection.items(path, comparison_id=comparison_id))

    def show_failures(self, comparison_id: str) -> list[Json]:
        """What each architecture confuses, its most certain errors, and what it alone gets right."""
        path = "/v1/comparisons/{comparison_id}/failures"
        return list(self._connection.items(path, comparison_id=comparison_id))

    def show_curves(
        self,
        comparison_id: str,
        *,
        metric: str | None = None,
        by: str | None = None,
        points: int | None = None,
    ) -> Json:
        """A metric of every architecture, with mean, standard deviation and every job, also while it runs.

        Args:
            comparison_id: Of the comparison.
            metric: One of `metrics` in the answer; validation_accuracy by default.
            by: What `x` is: "epoch", or "seconds" of training.
            points: Most points of a curve, 10 to 1,000; 200 by default.
        """
        path = "/v1/comparisons/{comparison_id}/curves"
        query = {"metric": metric, "by": by, "points": points}
        return self._connection.get(path, comparison_id=comparison_id, **query)
