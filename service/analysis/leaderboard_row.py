"""A row of a leaderboard: one architecture, every number over its trainings."""

from pydantic import BaseModel, Field

from service.analysis.estimate import Estimate


class Pareto(BaseModel):
    """Whether the architecture is on the Pareto front of test accuracy and each cost.

    No other is at least as accurate on test and as cheap, and better in one of the two.
    """

    num_parameters: bool
    flops: bool
    train_seconds: bool
    latency_p50_batch_1: bool


class LeaderboardRow(BaseModel):
    """One architecture, every number over its trainings."""

    rank: int = Field(description="place in this order", examples=[1])
    architecture: str = Field(examples=["cnn"])
    n: int = Field(
        description="trainings that have succeeded: one for each seed, with folds one for each seed"
        " and fold, such as 10 of 5 folds × 2 seeds"
    )
    folds: int | None = Field(
        description="folds that these trainings are of; null: the test split tested each of them"
    )
    train_accuracy: Estimate
    validation_accuracy: Estimate
    test_accuracy: Estimate
    balanced_accuracy: Estimate = Field(
        description="mean recall over the classes that have test images"
    )
    test_loss: Estimate
    macro_f1: Estimate = Field(description="mean F1 over the classes that have test images")
    macro_auc: Estimate
    ece: Estimate = Field(description="expected calibration error, 15 bins of equal width")
    brier: Estimate = Field(description="Brier score summed over classes, 0 to 2")
    generalisation_gap: Estimate = Field(description="train accuracy minus test accuracy")
    best_epoch: Estimate = Field(description="epoch of the lowest validation loss")
    train_seconds: Estimate = Field(
        description="training alone, after its warm-up; for the head of a backbone with all of"
        " `features_seconds`, though its trainings share them"
    )
    features_seconds: float | None = Field(
        description="in which the features were computed that heads are trained on, once for all; null:"
        " the whole network was trained, on images"
    )
    images_per_second: Estimate
    latency_p50_batch_1: Estimate = Field(description="seconds for one image, engine torch")
    latency_p50_batch_64: Estimate = Field(
        description="seconds for 64 images, engine torch; null where that takes too much memory"
    )
    num_parameters: int
    flops: int = Field(description="forward pass of one image")
    model_bytes: int
    ema_decay: float = Field(
        description="of the average of the weights that was scored; 0: none was"
    )
    test_flips: bool = Field(
        description="whether each image was scored together with its mirror image, for twice the cost"
    )
    pretrained: str | None = Field(
        description="weights that its trainings started from, which had been trained before; null: none"
    )
    not_applied: list[str] = Field(
        description="fields of the recipe that did not apply: the head of a backbone is trained on"
        " features, which are of images as they are"
    )
    marks: list[str] = Field(
        description="what tables write behind its name",
        examples=[["pretrained", "head alone", "without augmentation"]],
    )
    pareto: Pareto = Field(description="on the front of test accuracy against each cost")
    best_model_id: str | None = Field(
        description="of the training with the best validation accuracy: a test chooses nothing"
    )
    best_model_fold: int | None = Field(
        description="the fold that tested this model, which was trained on the others; null: none"
    )
