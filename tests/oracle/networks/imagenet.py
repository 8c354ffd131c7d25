"""ImageNet networks: torchvision's ResNet with its shortcuts cut (plain) or its strides moved (v1), and MobileNet v1."""

import torch
from torch import nn
from torchvision.models import resnet


class PlainBasicBlock(resnet.BasicBlock):
    """Without the shortcut and without the addition."""

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(x)))


class PlainBottleneck(resnet.Bottleneck):
    """Without the shortcut and without the addition."""

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.bn2(self.conv2(x)))
        return torch.relu(self.bn3(self.conv3(x)))


class BottleneckV1(resnet.Bottleneck):
    """With the stride in the first 1x1 convolution, as the paper has it (He 2015, section 3.4 and its released models)."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.conv1.stride, self.conv2.stride = self.conv2.stride, (1, 1)


def resnet_of(block, stages, **options):
    """torchvision's ResNet over another block; the projections of a plain block are removed."""
    model = resnet.ResNet(block, stages, **options)
    if block in (PlainBasicBlock, PlainBottleneck):
        for module in model.modules():
            if isinstance(module, block):
                module.downsample = None
    return model


class DepthwiseSeparable(nn.Module):
    """A depthwise 3x3 and a pointwise 1x1 convolution, each with batch norm and ReLU."""

    def __init__(self, in_channels, out_channels, stride):
        super().__init__()
        self.depthwise = nn.Conv2d(in_channels, in_channels, 3, stride, 1, groups=in_channels, bias=False)
        self.bn1 = nn.BatchNorm2d(in_channels)
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)

    def forward(self, x):
        x = torch.relu(self.bn1(self.depthwise(x)))
        return torch.relu(self.bn2(self.pointwise(x)))


class MobileNetV1(nn.Module):
    """Howard 2017, table 1, at width 1.0."""

    LAYERS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1))

    def __init__(self, num_classes=1000):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(32)
        self.layers = nn.Sequential()
        in_channels = 32
        for out_channels, stride in self.LAYERS:
            self.layers.append(DepthwiseSeparable(in_channels, out_channels, stride))
            in_channels = out_channels
        self.fc = nn.Linear(in_channels, num_classes)

    def forward(self, x):
        x = self.layers(torch.relu(self.bn1(self.conv1(x))))
        return self.fc(x.mean((2, 3)))
