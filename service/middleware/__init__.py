"""ASGI middleware, one file each, named for what it does; app.py lists the order in which they act."""
