"""This project's trainer in float32, which is what its peers compute in."""

from benchmarks.contenders import main
from benchmarks.contenders.bakeoff import seconds

if __name__ == "__main__":
    main(lambda work: seconds(work, precision="float32"))
