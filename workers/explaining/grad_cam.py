"""Grad-CAM: each channel of the last feature map, weighted by the mean of its gradient."""

from captum.attr import LayerGradCam

from workers.explaining import Attribution, Question, methods
from workers.explaining._gradients import read_feature_map


@methods.register
def grad_cam(question: Question) -> Attribution:
    """Grad-CAM (Selvaraju et al. 2017, arXiv:1610.02391), for networks with a feature map.

    Each channel of the last feature map counts by the mean of the gradient of the class's logit over its
    positions. That mean says little where the classifier has weights for each position, as in `cnn` and
    `residual_cnn`: for those take `hires_cam`.
    """
    return read_feature_map(question, LayerGradCam)
