"""CIFAR networks: the ResNets of He 2015 (section 4.2), their plain twins, and the pre-activation ResNets of He 2016."""

import torch
from torch import nn

WIDTHS = (16, 32, 64)


def _conv3x3(in_channels, out_channels, stride=1):
    return nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)


def _conv1x1(in_channels, out_channels, stride=1):
    return nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)


class PaddedIdentity(nn.Module):
    """Option A: every second pixel, with zero channels added equally before and after; no parameters."""

    def __init__(self, extra_channels):
        super().__init__()
        self.each_side = extra_channels // 2

    def forward(self, x):
        return nn.functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.each_side, self.each_side))


class BasicBlock(nn.Module):
    """Two 3x3 convolutions; `shortcut` is "a", "b" or None, for none at all (a plain network)."""

    def __init__(self, in_channels, channels, stride, shortcut):
        super().__init__()
        self.plain = shortcut is None
        self.conv1 = _conv3x3(in_channels, channels, stride)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = _conv3x3(channels, channels)
        self.bn2 = nn.BatchNorm2d(channels)
        same = stride == 1 and in_channels == channels
        if same or self.plain:
            self.downsample = None
        elif shortcut == "a":
            self.downsample = PaddedIdentity(channels - in_channels)
        else:
            self.downsample = nn.Sequential(_conv1x1(in_channels, channels, stride), nn.BatchNorm2d(channels))

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        if not self.plain:
            y = y + (x if self.downsample is None else self.downsample(x))
        return torch.relu(y)


class CifarResNet(nn.Module):
    """Depth 6n+2. The classifier is `linear`, or `fc` with option B: the names of the published weights of each."""

    def __init__(self, depth, shortcut="a", num_classes=10):
        super().__init__()
        assert depth % 6 == 2
        blocks = (depth - 2) // 6
        self.conv1 = _conv3x3(3, WIDTHS[0])
        self.bn1 = nn.BatchNorm2d(WIDTHS[0])
        in_channels = WIDTHS[0]
        for stage, channels in enumerate(WIDTHS, start=1):
            first = BasicBlock(in_channels, channels, 1 if stage == 1 else 2, shortcut)
            rest = (BasicBlock(channels, channels, 1, shortcut) for _ in range(blocks - 1))
            setattr(self, f"layer{stage}", nn.Sequential(first, *rest))
            in_channels = channels
        self.classifier_name = "fc" if shortcut == "b" else "linear"
        setattr(self, self.classifier_name, nn.Linear(in_channels, num_classes))

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return getattr(self, self.classifier_name)(x.mean((2, 3)))


class PreActivationBlock(nn.Module):
    """Norm and ReLU before each convolution. Where shapes change, the shortcut is a 1x1 convolution of the activated input.

    The bottleneck strides in its first 1x1 convolution, as in the authors' resnet-1k-layers.
    """

    def __init__(self, in_channels, width, stride, bottleneck):
        super().__init__()
        out_channels = 4 * width if bottleneck else width
        self.bn1 = nn.BatchNorm2d(in_channels)
        self.conv1 = _conv1x1(in_channels, width, stride) if bottleneck else _conv3x3(in_channels, width, stride)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv2 = _conv3x3(width, width)
        if bottleneck:
            self.bn3 = nn.BatchNorm2d(width)
            self.conv3 = _conv1x1(width, out_channels)
        self.bottleneck = bottleneck
        same = stride == 1 and in_channels == out_channels
        self.downsample = None if same else nn.Sequential(_conv1x1(in_channels, out_channels, stride))

    def forward(self, x):
        activated = torch.relu(self.bn1(x))
        y = self.conv2(torch.relu(self.bn2(self.conv1(activated))))
        if self.bottleneck:
            y = self.conv3(torch.relu(self.bn3(y)))
        return y + (x if self.downsample is None else self.downsample(activated))


class CifarPreActivationResNet(nn.Module):
    """Depth 9n+2 with bottlenecks (164, 1001) or 6n+2 with basic blocks (110)."""

    def __init__(self, depth, bottleneck, num_classes=10):
        super().__init__()
        per_block = 9 if bottleneck else 6
        assert depth % per_block == 2
        blocks = (depth - 2) // per_block
        self.conv1 = _conv3x3(3, WIDTHS[0])
        in_channels = WIDTHS[0]
        for stage, width in enumerate(WIDTHS, start=1):
            out_channels = 4 * width if bottleneck else width
            first = PreActivationBlock(in_channels, width, 1 if stage == 1 else 2, bottleneck)
            rest = (PreActivationBlock(out_channels, width, 1, bottleneck) for _ in range(blocks - 1))
            setattr(self, f"layer{stage}", nn.Sequential(first, *rest))
            in_channels = out_channels
        self.bn = nn.BatchNorm2d(in_channels)
        self.fc = nn.Linear(in_channels, num_classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(self.conv1(x))))
        return self.fc(torch.relu(self.bn(x)).mean((2, 3)))
