"""The last feature map of a network and its gradient, for methods that read them."""

from captum.attr import LayerAttribution
from torch import Tensor, nn
from torch.nn import functional

from workers.explaining import Attribution, Question, UnfitMethodError


def read_feature_map(question: Question, method: type[LayerAttribution]) -> Attribution:
    """What a method of captum makes of the last feature map, summed over its channels.

    It is brought to the size of the image; what speaks against the class is left out.
    UnfitMethodError for a network without such a map.
    """
    feature_map = question.network.feature_map
    if feature_map is None:
        raise UnfitMethodError(
            "this network has no feature map of at least 4×4 positions after its last convolution, for"
            " images of this size; method 'occlusion' explains it"
        )
    question.check()
    # The graph begins at the map: what comes before it is computed as without gradients.
    cut = feature_map.layer.register_forward_hook(_cut)
    try:
        attribution = method(question.network.logits, feature_map.layer)
        found: Tensor = attribution.attribute(question.image, question.target)
    finally:
        cut.remove()
    found = found.detach().sum(dim=1, keepdim=True)
    if len(found) > 1:  # the image and its mirror image, as in FlipAverage
        found = found[:1] + found[1:].flip(3)
    size = question.image.shape[2:]
    values = functional.interpolate(found.relu(), size, mode="bilinear")[0, 0]
    grid = f"{feature_map.width}×{feature_map.height} positions"
    return Attribution(values, f"the feature map after layer '{feature_map.name}', {grid}")


def _cut(layer: nn.Module, inputs: object, output: Tensor) -> Tensor:
    del layer, inputs
    return output.detach().requires_grad_()
