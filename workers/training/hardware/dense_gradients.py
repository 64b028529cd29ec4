"""Gradients of a plain fully connected network, written out.

For a network as small as that, autograd takes a quarter of a step: nodes of a graph made and walked
through, gradients copied to where they are kept. Here the same operations follow each other, so
that the bits are autograd's (Rumelhart, Hinton & Williams 1986, doi:10.1038/323533a0).
"""

import torch
from torch import Tensor, nn

from workers.training.hardware.precision import Precision

aten = torch.ops.aten

MEAN = 1  # as ATen numbers the ways to reduce a loss
IGNORED = -100  # the label that torch leaves out, which no dataset has


def is_dense(network: nn.Module) -> bool:
    """Whether it flattens an image and is linear layers from there, with a ReLU between each two."""
    kinds = [type(layer) for layer in network.children()]
    hidden = [nn.Linear, nn.ReLU] * kinds.count(nn.ReLU)
    return isinstance(network, nn.Sequential) and kinds == [nn.Flatten, *hidden, nn.Linear]


class DenseGradients:
    """Of linear layers with a ReLU between each two, in the same memory for every batch."""

    def __init__(self, network: nn.Module, precision: Precision) -> None:
        self._precision = precision
        self._layers = [layer for layer in network.children() if isinstance(layer, nn.Linear)]
        self._weights = [layer.weight.detach() for layer in self._layers]  # the same memory
        self._biases = [layer.bias.detach() for layer in self._layers]
        self._of_weights = [torch.empty_like(one) for one in self._weights]
        self._of_biases = [torch.empty_like(one) for one in self._biases]

    def __call__(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Forward and backward pass; gradients replace those that were there."""
        with torch.no_grad(), self._precision.products():
            *inputs, logits = self._forward(images)
            loss, gradient = _cross_entropy(logits, labels)
            self._backward(inputs, gradient)
        for number, layer in enumerate(self._layers):
            layer.weight.grad = self._of_weights[number]
            layer.bias.grad = self._of_biases[number]
        return loss, logits

    def _forward(self, images: Tensor) -> list[Tensor]:
        """What enters each layer, and the logits."""
        passed = [images.flatten(1)]
        for weight, bias in zip(self._weights, self._biases, strict=True):
            if len(passed) > 1:
                passed[-1].relu_()
            passed.append(torch.addmm(bias, passed[-1], weight.t()))
        return passed

    def _backward(self, inputs: list[Tensor], gradient: Tensor) -> None:
        """From the gradient of the logits to those of all weights and biases."""
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
    one = torch.ones_like(loss)
    of_logs = aten.nll_loss_backward(one, logs, labels, None, MEAN, IGNORED, weight)
    backward = torch._log_softmax_backward_data  # noqa: SLF001 - it has no public name
    return loss, backward(of_logs, logs, 1, logits.dtype)
