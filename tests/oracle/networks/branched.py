"""RepVGG (Ding 2021) and MobileOne (Vasu 2023) in their training forms, with the parameter names of the authors' repositories."""

import torch
from torch import nn


def _branch(in_channels, out_channels, kernel, stride, groups):
    """A convolution and its batch norm, as `conv` and `bn`."""
    conv = nn.Conv2d(in_channels, out_channels, kernel, stride, kernel // 2, groups=groups, bias=False)
    branch = nn.Sequential()
    branch.add_module("conv", conv)
    branch.add_module("bn", nn.BatchNorm2d(out_channels))
    return branch


class RepVggBlock(nn.Module):
    """3x3 + 1x1 + the input's norm where the shape stays, then ReLU."""

    def __init__(self, in_channels, out_channels, stride, groups):
        super().__init__()
        self.rbr_dense = _branch(in_channels, out_channels, 3, stride, groups)
        self.rbr_1x1 = _branch(in_channels, out_channels, 1, stride, groups)
        self.rbr_identity = nn.BatchNorm2d(in_channels) if stride == 1 and in_channels == out_channels else None

    def forward(self, x):
        total = self.rbr_dense(x) + self.rbr_1x1(x)
        return torch.relu(total if self.rbr_identity is None else total + self.rbr_identity(x))


class SqueezeExcitation(nn.Module):
    """Channels weighed by two 1x1 convolutions of their means (Hu 2018), reduced sixteenfold in between."""

    def __init__(self, channels):
        super().__init__()
        self.reduce = nn.Conv2d(channels, channels // 16, 1)
        self.expand = nn.Conv2d(channels // 16, channels, 1)

    def forward(self, x):
        means = x.mean((2, 3), keepdim=True)
        return x * torch.sigmoid(self.expand(torch.relu(self.reduce(means))))


class MobileOneBlock(nn.Module):
    """Copies of kxk + 1x1 where k is larger + the input's norm where the shape stays, then squeeze and excitation and ReLU."""

    def __init__(self, in_channels, out_channels, kernel, stride, groups, copies, weighed):
        super().__init__()
        self.rbr_skip = nn.BatchNorm2d(in_channels) if stride == 1 and in_channels == out_channels else None
        self.rbr_conv = nn.ModuleList(_branch(in_channels, out_channels, kernel, stride, groups) for _ in range(copies))
        self.rbr_scale = _branch(in_channels, out_channels, 1, stride, groups) if kernel > 1 else None
        self.se = SqueezeExcitation(out_channels) if weighed else nn.Identity()

    def forward(self, x):
        branches = [*self.rbr_conv, *(branch for branch in (self.rbr_scale, self.rbr_skip) if branch is not None)]
        return torch.relu(self.se(sum(branch(x) for branch in branches)))


class _Staged(nn.Module):
    def forward(self, x):
        for stage in (self.stage0, self.stage1, self.stage2, self.stage3, self.stage4):
            x = stage(x)
        return self.linear(x.mean((2, 3)))


CHANNELS = (64, 128, 256, 512)


class RepVgg(_Staged):
    """Tables 2 and 3 of the paper; `groups` are those of every second block."""

    def __init__(self, blocks, widths, groups=1):
        super().__init__()
        channels = min(64, int(64 * widths[0]))
        self.stage0 = RepVggBlock(3, channels, 2, 1)
        layer = 1
        for stage, count in enumerate(blocks):
            out_channels = int(CHANNELS[stage] * widths[stage])
            body = []
            for i in range(count):
                body.append(RepVggBlock(channels, out_channels, 2 if i == 0 else 1, groups if layer % 2 == 0 else 1))
                channels, layer = out_channels, layer + 1
            setattr(self, f"stage{stage + 1}", nn.Sequential(*body))
        self.linear = nn.Linear(channels, 1000)


class MobileOne(_Staged):
    """Tables 2 and 3 of the paper."""

    def __init__(self, widths, copies=1, squeeze_excitation=False):
        super().__init__()
        channels = min(64, int(64 * widths[0]))
        self.stage0 = MobileOneBlock(3, channels, 3, 2, 1, 1, False)  # the authors' code gives the first block one copy whatever k is
        for stage, (pairs, first_weighed) in enumerate(((2, 2), (8, 8), (10, 5), (1, 0))):
            out_channels = int(CHANNELS[stage] * widths[stage])
            body = []
            for i in range(pairs):
                weighed = squeeze_excitation and i >= first_weighed
                body.append(MobileOneBlock(channels, channels, 3, 2 if i == 0 else 1, channels, copies, weighed))
                body.append(MobileOneBlock(channels, out_channels, 1, 1, 1, copies, weighed))
                channels = out_channels
            setattr(self, f"stage{stage + 1}", nn.Sequential(*body))
        self.linear = nn.Linear(channels, 1000)
