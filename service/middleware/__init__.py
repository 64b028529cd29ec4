"""ASGI middleware, one file each, named for what it does; app.py lists them in the order they act."""
