"""This project's trainer in float32, as its peers compute."""

from benchmarks.contenders import main
from benchmarks.contenders.bakeoff import seconds

if __name__ == "__main__":
    main(lambda work: seconds(work, precision="float32"))
