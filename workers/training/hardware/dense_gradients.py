"""Gradients of a plain fully connected network, written out by hand.

In so small a network autograd takes a quarter of a step: it builds a graph, walks it, and copies
gradients to where they are kept. This module calls the same operations in the same order, so that
the bits are autograd's (Rumelhart, Hinton & Williams 1986, doi:10.1038/323533a0).
"""

import torch
from torch import Tensor, nn

from workers.training.hardware.precision import Precision

aten = torch.ops.aten

MEAN = 1  # ATen's number for the mean among the reductions of a loss
IGNORED = -100  # the label that torch leaves out of a loss; no dataset has it


def is_dense(network: nn.Module) -> bool:
    """Whether the network is linear layers over a flattened image, with a ReLU between every two."""
    kinds = [type(layer) for layer in network.children()]
    hidden = [nn.Linear, nn.ReLU] * kinds.count(nn.ReLU)
    return isinstance(network, nn.Sequential) and kinds == [nn.Flatten, *hidden, nn.Linear]


class DenseGradients:
    """Gradients of linear layers with a ReLU between every two, in the same memory for every batch."""

    def __init__(self, network: nn.Module, precision: Precision) -> None:
        self._precision = precision
        self._layers = [layer for layer in network.children() if isinstance(layer, nn.Linear)]
        self._weights = [layer.weight.detach() for layer in self._layers]  # the same memory
        self._biases = [layer.bias.detach() for layer in self._layers]
        self._of_weights = [torch.empty_like(weight) for weight in self._weights]
        self._of_biases = [torch.empty_like(bias) for bias in self._biases]

    def __call__(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Run the forward and the backward pass, and replace the gradients."""
        with torch.no_grad(), self._precision.product_rounding():
            *inputs, logits = self._forward(images)
            loss, gradient = _cross_entropy(logits, labels)
            self._backward(inputs, gradient)
        for number, layer in enumerate(self._layers):
            layer.weight.grad = self._of_weights[number]
            layer.bias.grad = self._of_biases[number]
        return loss, logits

    def _forward(self, images: Tensor) -> list[Tensor]:
        """The input of every layer, and last the logits."""
        activations = [images.flatten(1)]
        for weight, bias in zip(self._weights, self._biases, strict=True):
            if len(activations) > 1:
                activations[-1].relu_()
            activations.append(torch.addmm(bias, activations[-1], weight.t()))
        return activations

    def _backward(self, inputs: list[Tensor], gradient: Tensor) -> None:
        """Propagate the gradient of the logits to all weights and biases."""
        for number in reversed(range(len(inputs))):
            torch.mm(gradient.t(), inputs[number], out=self._of_weights[number])
            torch.sum(gradient, 0, out=self._of_biases[number])
            if number > 0:
                before = torch.mm(gradient, self._weights[number])
                gradient = aten.threshold_backward(before, inputs[number], 0)


def _cross_entropy(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """The mean cross-entropy () and its gradient (N, num_classes)."""
    logs = torch.log_softmax(logits, 1)
    loss, weight = aten.nll_loss_forward(logs, labels, None, MEAN, IGNORED)
    of_loss = torch.ones_like(loss)
    of_logs = aten.nll_loss_backward(of_loss, logs, labels, None, MEAN, IGNORED, weight)
    backward = torch._log_softmax_backward_data  # noqa: SLF001 - it has no public name
    return loss, backward(of_logs, logs, 1, logits.dtype)
