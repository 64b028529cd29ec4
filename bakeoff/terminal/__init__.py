"""What the commands share: options, tables, progress, and the handing over to the server's commands.

`bakeoff --help` loads it, so it imports nothing heavy.
"""
