"""The networks that are exported: those of tests/oracle/zoo.py and, for training, one more."""

import sys
from pathlib import Path

import torchvision
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "oracle"))
from zoo import CIFAR, ZOO, Entry


def cifar_resnet18():
    """ResNet-18 as it is usually trained on CIFAR-10: a 3x3 convolution of stride 1 in the place of the stem, no max pool."""
    model = torchvision.models.resnet18(weights=None, num_classes=10)
    model.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
    model.maxpool = nn.Identity()
    return model


NETWORKS = {**ZOO, "resnet18__cifar": Entry(cifar_resnet18, CIFAR)}
