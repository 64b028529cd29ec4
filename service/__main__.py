"""python -m service: the same as the `bakeoff` command."""

from bakeoff.commands import main

if __name__ == "__main__":
    main()
