"""Features of a backbone by this project beside a plain script, in turns."""

from benchmarks.backbones.page import text_of
from benchmarks.printed import printed
from benchmarks.spread import spread


def measure(rounds: int, number: int) -> str:
    """Time the features of so many images in both ways, each in a process of its own."""
    pairs = [
        (printed("backbones.computed", str(number)), printed("backbones.timm_script", str(number)))
        for _ in range(rounds)
    ]
    ours, theirs = (
        [float(each["images_per_second"]) for each in ways] for ways in zip(*pairs, strict=True)
    )
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    taken = sorted({f"{each['engine']}, float32" for each, _ in pairs})
    lines = [
        f"{number} images, median and range over n = {rounds} rounds, both ways in turns. The script calls"
        " timm in bfloat16 by autocast, channels_last, 32 images at once.",
        "",
        "| features by a job, images/s | engine taken | script, images/s | ratio |",
        "|---:|---|---:|---:|",
        f"| {spread(ours)} | {'; '.join(taken)} | {spread(theirs)} | {spread(ratios, '×')} |",
    ]
    return text_of("Features of EfficientNet-Lite0 at 224 pixels", lines, "timm", "onnxruntime")
