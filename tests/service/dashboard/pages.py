"""Every page with an address at which it has something to show: a new page is a new line here."""

import json
from urllib.parse import urlencode

#: What the form of a new comparison holds.
FORM = {
    "dataset": "digits",
    "architectures": json.dumps(
        [
            "cnn",
            {"name": "residual_cnn", "label": "a wide one", "options": {"channels": [64, 128]}},
        ]
    ),
    "recipe": json.dumps({"epochs": 50, "mix": "cutmix"}),
    "folds": 3,
}
#: Name of the page → its address after `#`, on the installation `busy`.
PAGES = {
    "home": "/",
    "comparisons": "/comparisons",
    "comparisons_sorted": "/comparisons?sort=-accuracy&hide=created",
    "new_comparison": "/comparisons/new",
    "comparison_waiting": "/comparisons/latest",
    "new_comparison_filled": f"/comparisons/new?{urlencode(FORM)}",
    "job": "/jobs/latest",
    "jobs": "/jobs",
    "jobs_filtered": "/jobs?status=running&kind=train&dataset=digits",
    "datasets": "/datasets",
    "dataset": "/datasets/digits",
    "dataset_uploaded": "/datasets/flowers",
    "dataset_absent": "/datasets/mnist",
    "models": "/models",
    "model": "/models/latest",
    "playground": "/playground",
    "playground_answers": "/playground?image=3&why=auto&top_k=3",
    "search": "/search?find=digits",
    "not_found": "/nothing/here",
}
#: The same, with the fixture that gives the address of another installation.
ELSEWHERE = {
    "comparison": ("address", "/comparisons/latest"),
    "comparison_large": ("large_address", "/comparisons/latest"),
}
THEMES = ("light", "dark")
PICTURED = (390, 1280, 1920)  # pixels of width at which pictures are taken
WIDTHS = (320, *PICTURED, 2560)  # at which text is looked for that cannot be read
