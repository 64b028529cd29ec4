"""One seed after the other, each with the whole device: what a worker does."""

from benchmarks.contenders import bakeoff
from benchmarks.seeds import main

if __name__ == "__main__":
    main(lambda works: sum(map(bakeoff.seconds, works)))
