"""A job, and in words how far it is."""

from typing import Any

from bakeoff.answers import Json, _html


class Job(dict[str, Any]):
    """A job as the API describes it; a notebook shows its status, progress and result."""

    def _repr_html_(self) -> str:
        of = (
            f"{self['architecture']} on {self['dataset']}"
            if self["architecture"]
            else self["dataset"]
        )
        shown = [_html.heading(f"{self['kind']}: {of}", self["status"])]
        if self["status"] == "running":
            shown.append(_html.join([_html.bar(fraction(self)), " ", describe(self, " · ")]))
        shown.append(_html.facts(_facts(self)))
        return _html.element("div", _html.join(shown))


def _facts(job: Json) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = [("id", job["id"])]
    if job["error"]:
        found.append(("error", job["error"]))
    if job["kind"] == "train":
        found += [("seed", seed_and_fold(job)), ("recipe", _recipe(job))]
    return found + _results(job)


def _recipe(job: Json) -> str:
    fields = ", ".join(f"{name} {value}" for name, value in (job["recipe"] or {}).items())
    not_applied = job.get("not_applied")  # earlier services lack it
    note = f"; not applied: {', '.join(not_applied)}" if not_applied else ""
    return f"{job['recipe_hash']}: {fields}{note}"


def _results(job: Json) -> list[tuple[str, object]]:
    """What a training has come to, with what it ran on."""
    result = job.get("result")
    if job["kind"] != "train" or not result:
        return []
    accuracies = ", ".join(
        f"{split} {100 * result[split]['accuracy']:.2f} %"
        for split in ("train", "validation", "test")
    )
    return [
        ("accuracy", accuracies),
        ("parameters", f"{result['num_parameters']:,}"),
        (
            "training",
            f"{result['train_seconds']:.1f} s, {result['images_per_second']:,.0f} images/s"
            f"{_features(result)}",
        ),
        ("device", f"{result['device_name']}, {result['precision']}"),
        ("model", job["model_id"]),
    ]


def _features(result: Json) -> str:
    features = result.get("features")
    return f", on features that took {features['seconds']:.1f} s once" if features else ""


def seed_and_fold(trained: Json) -> str:
    """Which training of an architecture a job or a model is: `0`, or `0, fold 2 of 5`."""
    fold = trained.get("fold")  # earlier services know none
    return f"{trained['seed']}, fold {fold} of {trained['folds']}" if fold else str(trained["seed"])


def fraction(job: Json) -> float:
    """How much of a job is done, 0 to 1; 0 where that is not known."""
    if job["status"] == "succeeded":
        return 1.0
    progress = job["progress"]
    if progress and progress.get("total"):  # images of a job that goes over all of them once
        return float(min(progress["done"] / progress["total"], 1.0))
    if not progress or not progress.get("epochs") or not progress.get("steps"):
        return 0.0
    done = progress["epoch"] - 1 + progress["step"] / progress["steps"]
    return float(min(max(done / progress["epochs"], 0.0), 1.0))


def describe(job: Json, separator: str = "  ") -> str:
    """One line about a job: what it does, or how it ended."""
    if job["status"] == "failed":
        return f"failed: {job['error']}"
    if job["status"] != "running" or not job["progress"]:
        return str(job["status"])
    progress = job["progress"]
    parts = [str(progress["phase"])]
    if progress.get("epochs"):
        parts[0] = f"epoch {progress['epoch']}/{progress['epochs']}"
        parts += [progress["phase"]] if progress["phase"] != "training" else []
    elif progress.get("total"):
        parts.append(f"{progress['done']:,} of {progress['total']:,} images")
    for name, form in (
        ("loss", "loss {:.3f}"),
        ("accuracy", "accuracy {:.3f}"),
        ("images_per_second", "{:,.0f} images/s"),
        ("eta_seconds", "{:.0f} s left"),
    ):
        if progress.get(name) is not None:
            parts.append(form.format(progress[name]))
    return separator.join(parts)
