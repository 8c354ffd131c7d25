"""The table of the networks that make_zoo.py asks PyTorch about, and what is published about their sizes."""

from dataclasses import dataclass
from typing import Callable

import torch
import torchvision
from torch import nn
from torchvision.models import resnet

from networks.branched import MobileOne, RepVgg
from networks.cifar import CifarPreActivationResNet, CifarResNet
from networks.imagenet import BottleneckV1, MobileNetV1, PlainBasicBlock, PlainBottleneck, resnet_of

IMAGENET = (1, 3, 224, 224)
CIFAR = (1, 3, 32, 32)
SMALL = (1, 3, 64, 64)


@dataclass(frozen=True)
class Entry:
    """One network: how to build it, what to feed it, and what the weights of its norms are multiplied by."""

    build: Callable[[], nn.Module]
    input: tuple = IMAGENET
    norm_gain: float = 1.0
    logits: bool = True  # False for names, shapes and sizes only


# A norm multiplies the variance by about 0.74 under the formula, so a deep network without shortcuts would forget its input
# and a very deep one with shortcuts would grow past float32. These gains keep both in sight.
PLAIN_GAIN = 1.25
VERY_DEEP_GAIN = 0.5
MOBILENET_V3_SMALL_GAIN = 1.25  # squeeze and excitation halves what passes
EFFICIENTNET_GAINS = {"b0": 1.3, "b1": 1.3, "b2": 1.3, "b3": 1.2, "b4": 1.2, "b5": 1.2, "b6": 1.2, "v2_m": 0.94}  # found by trial
BRANCHED_GAIN = 0.7  # sums of three branches without a norm behind them


def _torchvision(name, **options):
    return lambda: torchvision.models.get_model(name, weights=None, **options)


def _group_norm(channels):
    return nn.GroupNorm(32, channels)


def _gray(name):
    def build():
        model = torchvision.models.get_model(name, weights=None)
        model.conv1 = nn.Conv2d(1, 64, 7, 2, 3, bias=False)
        return model

    return build


STAGES = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}

TORCHVISION = (
    "resnet18 resnet34 resnet50 resnet101 resnet152 resnext50_32x4d resnext101_32x8d resnext101_64x4d "
    "wide_resnet50_2 wide_resnet101_2 vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn mobilenet_v2 "
    "shufflenet_v2_x0_5 shufflenet_v2_x1_0 shufflenet_v2_x1_5 shufflenet_v2_x2_0 densenet121 densenet169 densenet201 densenet161 "
    "alexnet squeezenet1_0 squeezenet1_1 mnasnet0_5 mnasnet0_75 mnasnet1_0 mnasnet1_3"
).split()

REGNETS = (
    "regnet_x_400mf regnet_x_800mf regnet_x_1_6gf regnet_x_3_2gf regnet_x_8gf regnet_x_16gf regnet_x_32gf "
    "regnet_y_400mf regnet_y_800mf regnet_y_1_6gf regnet_y_3_2gf regnet_y_8gf regnet_y_16gf regnet_y_32gf regnet_y_128gf"
).split()
EFFICIENTNETS = {"b0": 224, "b1": 240, "b2": 288, "b3": 300, "b4": 380, "b5": 456, "b6": 528, "b7": 600, "v2_s": 384, "v2_m": 480, "v2_l": 480}
HUGE = "efficientnet_b7 efficientnet_v2_l regnet_x_32gf regnet_y_16gf regnet_y_32gf regnet_y_128gf convnext_base convnext_large".split()  # above 60 million parameters


def _inception(name, heads):
    """GoogLeNet or Inception v3; with heads the output is all classifiers' one after the other, in evaluation mode."""
    model = torchvision.models.get_model(name, weights=None, aux_logits=heads, init_weights=False)
    if heads:
        model.forward = lambda x: _all_heads(model, x)
    return model


def _all_heads(model, x):
    model.training = True  # of the outer module alone: norms and dropouts stay in evaluation mode
    logits, *auxiliary = model._forward(x)
    model.training = False
    return torch.cat([logits, *reversed(auxiliary)], 1)


def _searched():
    yield "mobilenet_v3_large", Entry(_torchvision("mobilenet_v3_large"))
    yield "mobilenet_v3_small", Entry(_torchvision("mobilenet_v3_small"), norm_gain=MOBILENET_V3_SMALL_GAIN)
    for size in ("tiny", "small", "base", "large"):
        yield f"convnext_{size}", Entry(_torchvision(f"convnext_{size}"), logits=f"convnext_{size}" not in HUGE)
    for name in REGNETS:
        yield name, Entry(_torchvision(name), logits=name not in HUGE)
    for name, side in EFFICIENTNETS.items():
        gain = EFFICIENTNET_GAINS.get(name, 1.0)
        name = f"efficientnet_{name}"
        yield name, Entry(_torchvision(name), (1, 3, side, side), gain, logits=name not in HUGE)
    for name, side in (("googlenet", 224), ("inception_v3", 299)):
        for ending, heads in (("", False), ("__aux", True)):
            yield name + ending, Entry(lambda name=name, heads=heads: _inception(name, heads), (1, 3, side, side))


def _variants():
    """torchvision's options, other inputs, and blocks of our own; a name is `model__variant`."""
    dilated = {"replace_stride_with_dilation": [False, True, True]}
    yield "resnet50__classes10", Entry(_torchvision("resnet50", num_classes=10))
    yield "resnet50__dilated", Entry(_torchvision("resnet50", **dilated))
    yield "resnext50_32x4d__dilated", Entry(_torchvision("resnext50_32x4d", **dilated))
    yield "resnet18__group_norm", Entry(_torchvision("resnet18", norm_layer=_group_norm))
    yield "resnet50__group_norm", Entry(_torchvision("resnet50", norm_layer=_group_norm))
    yield "resnet18__gray", Entry(_gray("resnet18"), (1, 1, 224, 224))
    yield "mobilenet_v2__width_1_4", Entry(_torchvision("mobilenet_v2", width_mult=1.4))
    for name in ("resnet18", "resnet50", "vgg11", "mobilenet_v2", "shufflenet_v2_x1_0", "densenet121"):
        yield f"{name}__odd", Entry(_torchvision(name), (2, 3, 225, 193))
    for depth in (50, 101, 152):
        yield f"resnet{depth}__v1", Entry(lambda depth=depth: resnet_of(BottleneckV1, STAGES[depth]))


def _plain():
    for depth, stages in STAGES.items():
        block = PlainBasicBlock if depth < 50 else PlainBottleneck
        yield f"plain{depth}", Entry(lambda block=block, stages=stages: resnet_of(block, stages), norm_gain=PLAIN_GAIN)
    grouped = {"groups": 32, "width_per_group": 4}
    yield "resnext50_32x4d__plain", Entry(lambda: resnet_of(PlainBottleneck, STAGES[50], **grouped), norm_gain=PLAIN_GAIN)


def _cifar():
    for depth in (20, 32, 44, 56, 110, 1202):
        gain = VERY_DEEP_GAIN if depth == 1202 else 1.0
        yield f"cifar_resnet{depth}", Entry(lambda depth=depth: CifarResNet(depth), CIFAR, gain)
    for depth in (20, 56):
        yield f"cifar_resnet{depth}__option_b", Entry(lambda depth=depth: CifarResNet(depth, "b"), CIFAR)
    for depth in (20, 32, 44, 56, 110):
        yield f"cifar_plain{depth}", Entry(lambda depth=depth: CifarResNet(depth, None), CIFAR, PLAIN_GAIN)
    yield "cifar_preact_resnet110", Entry(lambda: CifarPreActivationResNet(110, False), CIFAR)
    yield "cifar_preact_resnet164", Entry(lambda: CifarPreActivationResNet(164, True), CIFAR)
    yield "cifar_preact_resnet1001", Entry(lambda: CifarPreActivationResNet(1001, True), CIFAR, VERY_DEEP_GAIN)


def _branched():
    yield "repvgg_a0", Entry(lambda: RepVgg((2, 4, 14, 1), (0.75, 0.75, 0.75, 2.5)), SMALL, BRANCHED_GAIN)
    yield "repvgg_b1g4", Entry(lambda: RepVgg((4, 6, 16, 1), (2, 2, 2, 4), 4), SMALL, BRANCHED_GAIN)
    yield "mobileone_s0", Entry(lambda: MobileOne((0.75, 1, 1, 2), 4), SMALL, VERY_DEEP_GAIN)
    yield "mobileone_s4", Entry(lambda: MobileOne((3, 3.5, 3.5, 4), 1, True), SMALL)


ZOO = {
    **{name: Entry(_torchvision(name)) for name in TORCHVISION},
    **dict(_searched()),
    "mobilenet_v1": Entry(MobileNetV1, norm_gain=PLAIN_GAIN),
    **dict(_variants()),
    **dict(_plain()),
    **dict(_cifar()),
    **dict(_branched()),
}
