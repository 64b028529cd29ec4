"""What the commands share: options, tables, progress, and the handing over to the server's commands.

It makes no request, and `bakeoff --help` loads it, so it imports nothing heavy.
"""
