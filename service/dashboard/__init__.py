"""The dashboard: the page at `/` and its static files, which use nothing but the public API; see README.md.

Its JavaScript lies in `static`, without a build step. What is here serves it.
"""
