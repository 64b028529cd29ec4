"""python -m service: the commands that need the server."""

from service.commands import main

if __name__ == "__main__":
    main()
