"""HiResCAM: each value of the last feature map, weighted by its own gradient."""

from captum.attr import LayerGradientXActivation

from workers.explaining import Attribution, Question, methods
from workers.explaining._gradients import read_feature_map


@methods.register
def hires_cam(question: Question) -> Attribution:
    """HiResCAM (Draelos and Carin 2020, arXiv:2011.08891), for networks with a feature map.

    Grad-CAM without the mean: each value of the last feature map counts by the gradient of the class's
    logit at its position. Where the network ends in global average pooling and one linear layer, both
    give the same map.
    """
    return read_feature_map(question, LayerGradientXActivation)
