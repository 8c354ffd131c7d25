"""The diverse branch block (Ding 2021) with the names and the meanings of the authors' code: what a checkpoint of it holds."""

import torch
from torch import nn
from torch.nn import functional


class DeviationConv(nn.Conv2d):
    """A 1x1 convolution whose parameter is its deviation from the identity."""

    def __init__(self, channels, groups):
        super().__init__(channels, channels, 1, groups=groups, bias=False)
        inputs = channels // groups
        self.identity = torch.zeros(channels, inputs, 1, 1)
        self.identity[torch.arange(channels), torch.arange(channels) % inputs] = 1

    def forward(self, x):
        return functional.conv2d(x, self.weight + self.identity.to(self.weight), None, groups=self.groups)


class PaddedNorm(nn.Module):
    """A norm, and around its output what it makes of zeros (at inference)."""

    def __init__(self, channels, padding):
        super().__init__()
        self.bn = nn.BatchNorm2d(channels)
        self.padding = padding

    def forward(self, x):
        shift = self.bn.bias - self.bn.running_mean * self.bn.weight / torch.sqrt(self.bn.running_var + self.bn.eps)
        return functional.pad(self.bn(x) - shift.view(1, -1, 1, 1), [self.padding] * 4) + shift.view(1, -1, 1, 1)


def _named(**parts):
    sequence = nn.Sequential()
    for name, part in parts.items():
        sequence.add_module(name, part)
    return sequence


class DiverseBranchBlock(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride, groups):
        super().__init__()
        padding = kernel // 2

        def conv(first, last, size, step=1, border=0):
            return nn.Conv2d(first, last, size, step, border, groups=groups, bias=False)

        self.dbb_origin = _named(conv=conv(inputs, outputs, kernel, stride, padding), bn=nn.BatchNorm2d(outputs))
        if groups < outputs:
            self.dbb_1x1 = _named(conv=conv(inputs, outputs, 1, stride), bn=nn.BatchNorm2d(outputs))
            self.dbb_avg = _named(
                conv=conv(inputs, outputs, 1), bn=PaddedNorm(outputs, padding), avg=nn.AvgPool2d(kernel, stride), avgbn=nn.BatchNorm2d(outputs))
            first, inner = {"idconv1": DeviationConv(inputs, groups)}, inputs
        else:
            self.dbb_1x1 = None
            self.dbb_avg = _named(avg=nn.AvgPool2d(kernel, stride, padding), avgbn=nn.BatchNorm2d(outputs))
            first, inner = {"conv1": conv(inputs, 2 * inputs, 1)}, 2 * inputs
        self.dbb_1x1_kxk = _named(**first, bn1=PaddedNorm(inner, padding), conv2=conv(inner, outputs, kernel, stride), bn2=nn.BatchNorm2d(outputs))

    def forward(self, x):
        total = self.dbb_origin(x) + self.dbb_avg(x) + self.dbb_1x1_kxk(x)
        return total if self.dbb_1x1 is None else total + self.dbb_1x1(x)
