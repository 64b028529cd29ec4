"""The evaluation after an epoch: scores on samples, and dead units, for a share of the epoch's cost."""

from dataclasses import dataclass

from torch import Tensor, nn

from workers.training.hardware.streaming import PlacedSplit
from workers.training.measuring.evaluation import fixed_sample, score
from workers.training.measuring.gradient_flow import dead_relus
from workers.training.normalisation import Normalisation
from workers.training.results import Score
from workers.training.servable import as_evaluated

# Evaluating an image takes a third of the operations of training on it, which runs backwards too, but
# up to two thirds of its time where training is in bfloat16, since scores are in float32: 0.36 images
# evaluated for each one trained on are about a quarter of its time.
IMAGES_PER_TRAINED = 0.36
TEST_SHARE = 5 / 6  # of what train and test share
MAX_SCORED = (
    10_000  # of train, and of test: the standard error of an accuracy is half a point at most
)
MIN_SCORED = 64
SMALL_BYTES = 2**20  # of images that are read whatever their share: it takes a moment
MAX_SMALL = 2000  # images
MAX_FOR_DEAD_UNITS = 1000
DEAD_UNITS_SHARE = 12  # one in so many train images is used to find dead units


@dataclass(frozen=True)
class SampleSizes:
    """How many images are evaluated after an epoch, besides all of validation."""

    train: int
    test: int
    dead_units: int


@dataclass(frozen=True)
class EpochScores:
    """What is measured after an epoch; the samples are the same after every epoch."""

    train: Score
    validation: Score
    test: Score
    dead_relus: dict[str, float]


def sample_sizes(
    num_train: int, num_validation: int, num_test: int, *, image_bytes: int
) -> SampleSizes:
    """Divide what an evaluation may cost: all of validation, and samples of train and test.

    Validation chooses the weights that are kept, so all of it is read, whatever it costs. Few small
    images are read whole: there is nothing to save.
    """
    small = min(MAX_SMALL, SMALL_BYTES // image_bytes)
    share = min(MAX_FOR_DEAD_UNITS, num_train // DEAD_UNITS_SHARE)
    dead_units = num_train if num_train <= small else max(share, 1)
    rest = int(IMAGES_PER_TRAINED * num_train) - num_validation - dead_units
    fewest = max(MIN_SCORED, small)
    test = min(num_test, max(fewest, min(MAX_SCORED, int(TEST_SHARE * rest))))
    train = min(num_train, max(fewest, min(MAX_SCORED, rest - test)))
    return SampleSizes(train, test, dead_units)


class EpochEvaluation:
    """Evaluates a network on the splits of its training, on the same images after every epoch."""

    def __init__(
        self, train: PlacedSplit, validation: PlacedSplit, test: PlacedSplit, *, test_flips: bool
    ) -> None:
        self._train, self._validation, self._test = train, validation, test
        self._test_flips = test_flips
        image_bytes = train.first().numel()
        sizes = sample_sizes(len(train), len(validation), len(test), image_bytes=image_bytes)
        self._of_train = fixed_sample(train, sizes.train)
        self._for_dead_units = fixed_sample(train, sizes.dead_units)
        self._of_test: Tensor | None = None
        if sizes.test < len(test):
            self._of_test = fixed_sample(test, sizes.test)

    def __call__(self, network: nn.Module, normalise: Normalisation) -> EpochScores:
        """Score the network, and look for units that are zero on every image."""
        evaluated = as_evaluated(network, test_flips=self._test_flips)
        return EpochScores(
            train=score(evaluated, self._train, normalise, self._of_train),
            validation=score(evaluated, self._validation, normalise),
            test=score(evaluated, self._test, normalise, self._of_test),
            dead_relus=dead_relus(network, self._train, normalise, self._for_dead_units),
        )
