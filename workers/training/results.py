"""What a training reports: plain frozen values that become JSON by dataclasses.asdict."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far a training is, reported about twice a second; not stored."""

    phase: str  # "training", "evaluating", "measuring latency", …
    epoch: int  # the epoch under way, from 1
    epochs: int
    step: int  # steps done in this epoch
    steps: int  # steps of one epoch
    loss: float | None = None  # mean over this epoch so far
    accuracy: float | None = None
    images_per_second: float | None = None
    eta_seconds: float | None = None  # until the last epoch is trained and evaluated


@dataclass(frozen=True)
class Score:
    """Mean cross-entropy and accuracy of a network in evaluation mode on `images` images."""

    loss: float
    accuracy: float
    images: int


@dataclass(frozen=True)
class Epoch:
    """One completed epoch. `seconds` is training alone, with the device synchronised."""

    number: int  # from 1
    train: Score  # on a fixed sample of the train split, without augmentation
    validation: Score  # on all of it
    test: Score  # on a fixed sample of the test split where it is large; reported, never used
    learning_rate: float  # at the last step
    seconds: float
    images_per_second: float
    #: For each layer the root mean square over sampled steps of the L2 norm of its gradient.
    gradient_norms: dict[str, float]
    #: For each layer the L2 norm of its updates over that of its weights, in the same steps.
    update_ratios: dict[str, float]
    #: For each ReLU the share of its units that are zero on each of up to 1,000 train images.
    dead_relus: dict[str, float]

    def metrics(self) -> dict[str, float]:
        """The metrics under the names by which they are stored: (job, epoch, name) → value."""
        scores = {"train": self.train, "validation": self.validation, "test": self.test}
        return {
            **{f"{split}_loss": score.loss for split, score in scores.items()},
            **{f"{split}_accuracy": score.accuracy for split, score in scores.items()},
            **{f"{split}_images": score.images for split, score in scores.items()},
            "learning_rate": self.learning_rate,
            "seconds": self.seconds,
            "images_per_second": self.images_per_second,
            **{f"gradient_norm/{layer}": norm for layer, norm in self.gradient_norms.items()},
            **{f"update_ratio/{layer}": ratio for layer, ratio in self.update_ratios.items()},
            **{f"dead_relu/{layer}": share for layer, share in self.dead_relus.items()},
        }


@dataclass(frozen=True)
class ClassScore:
    """Scores of one class of the test split against the rest."""

    name: str
    precision: float
    recall: float | None  # None if the test split lacks the class
    f1: float | None  # None if the test split lacks the class
    auc: float | None  # None if the test split lacks the class or has no other
    support: int  # test images of this class


@dataclass(frozen=True)
class RocCurve:
    """One-vs-rest ROC curve, thinned to at most 200 points for drawing; the AUC is that of all points."""

    name: str
    false_positive_rate: list[float]
    true_positive_rate: list[float]
    auc: float | None


@dataclass(frozen=True)
class ReliabilityBin:
    """Test images whose predicted class has a probability in one of 15 bins of equal width."""

    images: int
    confidence: float | None  # mean probability of the predicted class; None without images
    accuracy: float | None


@dataclass(frozen=True)
class Latency:
    """Seconds from input on the host to probabilities on the host."""

    engine: str
    device: str
    batch_size: int
    threads: int
    samples: int
    p50: float
    p90: float
    p99: float


@dataclass(frozen=True)
class LayerName:
    """A layer with parameters of its own, under its name in the gradient norms."""

    name: str
    kind: str  # such as "Conv2d"


@dataclass(frozen=True)
class Result:
    """Everything reported of a finished training: the numbers, and how and with what they were got."""

    train: Score  # the whole train split
    validation: Score
    test: Score
    macro_auc: float | None
    ece: float  # expected calibration error over `reliability`
    brier: float  # summed over classes, 0 to 2
    reliability: list[ReliabilityBin]
    confusion_matrix: list[list[int]]  # [true class][predicted class]
    per_class: list[ClassScore]
    roc: list[RocCurve]
    layers: list[LayerName]  # in the order of the network
    num_parameters: int
    flops: int  # forward pass of one image as scored, torch.utils.flop_counter (a multiply-add counts as two)
    model_bytes: int  # of the weights
    latency: list[Latency]
    epochs: int  # trained
    best_epoch: int  # lowest validation loss
    stopped_early: bool
    train_seconds: float  # sum over epochs, training alone
    images_per_second: float
    device: str  # "cpu", "cuda", "mps"
    device_name: str
    precision: str
    precision_reason: str
    threads: int
    peak_memory_bytes: int  # of the process since its start
    peak_device_memory_bytes: int | None  # of tensors on a CUDA device
    versions: dict[str, str]
    ema_decay: float = (
        0.0  # of the average of weights that was scored; 0: of the weights themselves
    )
    test_flips: bool = False  # whether an image was scored together with its mirror image
