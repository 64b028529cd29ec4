"""Every page with an address at which it has something to show: a new page is a new line here."""

#: Name of the page → its address after `#`, on the installation `busy`.
PAGES = {
    "home": "/",
    "comparisons": "/comparisons",
    "comparisons_sorted": "/comparisons?sort=-accuracy&hide=created",
    "new_comparison": "/comparisons/new",
    "comparison": "/comparisons/latest",
    "job": "/jobs/latest",
    "datasets": "/datasets",
    "dataset": "/datasets/digits",
    "models": "/models",
    "model": "/models/latest",
    "playground": "/playground",
    "playground_answers": "/playground?image=3&why=auto&top_k=3",
    "not_found": "/nothing/here",
}
THEMES = ("light", "dark")
PICTURED = (390, 1280, 1920)  # pixels of width at which pictures are taken
WIDTHS = (320, *PICTURED, 2560)  # at which text is looked for that cannot be read
