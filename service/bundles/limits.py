"""What a model cannot do and what its scores do not say, in plain words."""

from collections.abc import Sequence
from typing import Any

from service.analysis.results import CheckSentence
from service.bundles.markdown import is_resized, size_in_words, tested_by
from service.templating import escape_markdown
from workers.storage.tables import Model

FEW_TEST_IMAGES = 30  # of a class: its scores are rough
MAX_NAMED = 10  # classes in a sentence


def limits(model: Model, result: dict[str, Any], checks: Sequence[CheckSentence]) -> list[str]:
    """Sentences in Markdown; `checks` is what the checks of the dataset found."""
    return [
        f"It knows its {len(model.classes)} classes alone: an image of anything else is given one of"
        " them, often with a high probability.",
        "Its scores hold for images like those of the dataset. Another camera, light, background or"
        " framing may lower them; measure on images of your own.",
        f"It sees every image at {size_in_words(model)}. What cannot be told at"
        f" {'the smaller of these sizes' if is_resized(model) else 'that size'} decides nothing.",
        _training(model),
        *_rough_classes(result),
        *(
            "The checks of the dataset warn:"
            f" {escape_markdown(check.title)}: {escape_markdown(check.sentence)}."
            for check in checks
            if check.level == "warning"
        ),
    ]


def _training(model: Model) -> str:
    return (
        f"It is one training, of seed {model.seed}. The intervals say how far a score would move with other"
        f" images than those of {tested_by(model)}. It moves with the seed, too, and one training cannot say"
        " how far."
    )


def _rough_classes(result: dict[str, Any]) -> list[str]:
    rough = [
        escape_markdown(score["name"])
        for score in result["per_class"]
        if score["support"] < FEW_TEST_IMAGES
    ]
    if not rough:
        return []
    more = f" and {len(rough) - MAX_NAMED} more" if len(rough) > MAX_NAMED else ""
    return [
        f"Fewer than {FEW_TEST_IMAGES} test images show each of these classes, so their scores are rough:"
        f" {', '.join(rough[:MAX_NAMED])}{more}."
    ]
