"""Optimizers by the name a recipe gives them."""

import torch
from torch import nn
from torch.optim import SGD, Adam, AdamW, Optimizer

from workers.training.recipe import Recipe


def build_optimizer(network: nn.Module, recipe: Recipe, device: torch.device) -> Optimizer:
    """The optimizer of a recipe over all parameters; one fused kernel where the device has it."""
    parameters = list(network.parameters())
    fused = device.type in {"cpu", "cuda"}
    decay = recipe.weight_decay
    if recipe.optimizer == "sgd":
        return SGD(
            parameters,
            lr=recipe.learning_rate,
            momentum=recipe.momentum,
            nesterov=recipe.momentum > 0,
            weight_decay=decay,
            fused=fused,
        )
    kind = AdamW if recipe.optimizer == "adamw" else Adam
    return kind(parameters, lr=recipe.learning_rate, weight_decay=decay, fused=fused)
