"""Exports small networks with PyTorch's exporter and writes fixtures/onnx/. See README.md.

Each network contains a pattern of nodes that the import has to recognize; weights are PyTorch's own at seed 1. What they compute is asked of ONNX Runtime when the tests run.
"""

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional

FIXTURES = Path(__file__).resolve().parent / "fixtures" / "onnx"


class Residual(nn.Module):
    """A residual network with torchvision's names: the blocks' names must come back."""

    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(outputs)
            self.relu = nn.ReLU(inplace=True)
            self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(outputs)
            self.downsample = None if stride == 1 else nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

        def forward(self, x):
            y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
            return self.relu(y + (x if self.downsample is None else self.downsample(x)))

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(4)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = nn.Sequential(self.Block(4, 4, 1))
        self.layer2 = nn.Sequential(self.Block(4, 6, 2), self.Block(6, 6, 1))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(6, 5)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.avgpool(self.layer2(self.layer1(x)))
        return self.fc(torch.flatten(x, 1))


class Activations(nn.Module):
    """Every activation, after a convolution each."""

    def __init__(self, opset):
        super().__init__()
        self.kinds = nn.ModuleList([nn.ReLU(), nn.LeakyReLU(0.2), nn.ReLU6(), nn.SiLU(), nn.Hardswish(), nn.Sigmoid(), nn.Hardsigmoid(), nn.GELU()])
        self.convs = nn.ModuleList([nn.Conv2d(3, 3, 3, padding=1) for _ in self.kinds])
        self.head = nn.Linear(3 * len(self.kinds), 4)

    def forward(self, x):
        y = torch.cat([kind(conv(x * 1.0)) for kind, conv in zip(self.kinds, self.convs)], 1)
        return self.head(y.mean([2, 3]))


class MoreActivations(nn.Module):
    def __init__(self):
        super().__init__()
        self.kinds = nn.ModuleList([nn.ELU(0.7), nn.Tanh(), nn.Mish(), nn.SELU(), nn.Hardtanh(-0.3, 0.6), nn.PReLU(3)])
        self.convs = nn.ModuleList([nn.Conv2d(3, 3, 3, padding=1) for _ in self.kinds])
        self.head = nn.Linear(3 * len(self.kinds) + 3, 4)

    def forward(self, x):
        y = [kind(conv(x)) for kind, conv in zip(self.kinds, self.convs)]
        y.append(functional.gelu(y[0] + 0.1, approximate="tanh"))
        return self.head(torch.cat(y, 1).mean([2, 3]))


class Shuffle(nn.Module):
    """ShuffleNet's block: chunk, depthwise convolution, concat, shuffle by shape arithmetic."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, 2, 1)
        self.branch = nn.Sequential(nn.Conv2d(4, 4, 1), nn.ReLU(), nn.Conv2d(4, 4, 3, 1, 1, groups=4))
        self.fc = nn.Linear(8, 3)

    def forward(self, x):
        a, b = self.stem(x).chunk(2, 1)
        x = torch.cat((a, self.branch(b)), 1)
        n, c, h, w = x.size()
        x = x.view(n, 2, c // 2, h, w).transpose(1, 2).contiguous().view(n, -1, h, w)
        return self.fc(x.mean([2, 3]))


class Excitation(nn.Module):
    """Squeeze and excitation by convolutions and by linear layers, and a flatten by sizes."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, 2, 1)
        self.fc1, self.fc2 = nn.Conv2d(6, 2, 1), nn.Conv2d(2, 6, 1)
        self.down, self.up = nn.Linear(6, 3), nn.Linear(3, 6)
        self.head = nn.Linear(6 * 4 * 4, 5)

    def forward(self, x):
        x = self.stem(x)
        x = x * functional.hardsigmoid(self.fc2(functional.relu(self.fc1(functional.adaptive_avg_pool2d(x, 1)))))
        n, c, _, _ = x.size()
        y = functional.adaptive_avg_pool2d(x, 1).view(n, c)
        x = x * torch.sigmoid(self.up(functional.silu(self.down(y)))).view(n, c, 1, 1)
        x = functional.avg_pool2d(x, 2)
        return functional.softmax(self.head(x.view(x.size(0), -1)), dim=1)


class ConvNext(nn.Module):
    """ConvNeXt's block: layer norm over channels between permutations, linear layers on pixels, a factor for each channel."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 4, 4)
        self.norm0 = nn.LayerNorm(6, eps=1e-6)
        self.dwconv = nn.Conv2d(6, 6, 7, 1, 3, groups=6)
        self.norm = nn.LayerNorm(6, eps=1e-6)
        self.pwconv1, self.pwconv2 = nn.Linear(6, 12), nn.Linear(12, 6)
        self.layer_scale = nn.Parameter(torch.rand(6, 1, 1))
        self.last = nn.LayerNorm(6, eps=1e-6)
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        x = self.norm0(self.stem(x).permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        y = self.pwconv2(functional.gelu(self.pwconv1(self.norm(self.dwconv(x).permute(0, 2, 3, 1))))).permute(0, 3, 1, 2)
        x = x + self.layer_scale * y
        return self.head(self.last(x.mean([-2, -1])))


class Norms(nn.Module):
    """Group norm, spelled out before operator set 18, and instance norm."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.group, self.instance = nn.GroupNorm(4, 8), nn.InstanceNorm2d(8, affine=True)
        self.fc = nn.Linear(8, 3)

    def forward(self, x):
        x = self.stem(x)
        return self.fc((self.group(x) + self.instance(x)).mean([2, 3]))


class Pools(nn.Module):
    """Pools with ceil mode, counted and uncounted padding, dilation; padding of each mode; a shortcut without parameters."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.pools = nn.ModuleList([
            nn.MaxPool2d(3, 2, 1), nn.MaxPool2d(2, 2, ceil_mode=True), nn.MaxPool2d(3, 2, 1, dilation=2),
            nn.AvgPool2d(3, 2, 1), nn.AvgPool2d(3, 2, 1, count_include_pad=False), nn.AvgPool2d(2, 2, ceil_mode=True),
        ])
        self.fc = nn.Linear(30, 4)

    def forward(self, x):
        x = self.stem(x)
        y = [pool(functional.pad(x, (0, 1, 1, 0)) if i == 3 else x).mean([2, 3]) for i, pool in enumerate(self.pools)]
        shortcut = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 1, 1))
        return self.fc(torch.cat([*y, shortcut.mean([2, 3])], 1))


class Odd(nn.Module):
    """A tied convolution, asymmetric padding by a Pad node, constants on the input, two outputs."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3)
        self.head = nn.Linear(3, 4)
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1))

    def forward(self, x):
        x = (x - self.mean) / self.std
        x = self.conv(functional.pad(x, (1, 2, 0, 1)))
        y = self.conv(functional.relu(x))
        return self.head(y.mean([2, 3])), functional.dropout(y.mean([2, 3]), training=False)


def export(name, network, opset, shape=(2, 3, 17, 17), dynamic=True, **options):
    torch.manual_seed(1)
    network = network()
    for module in network.modules():
        if isinstance(module, (nn.BatchNorm2d, nn.GroupNorm, nn.LayerNorm, nn.InstanceNorm2d)) and module.weight is not None:
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.2, 0.2)
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    path = FIXTURES / f"{name}_{opset}.onnx"
    axes = {"input": {0: "batch"}} if dynamic else None
    torch.onnx.export(network.eval(), torch.randn(*shape), str(path), opset_version=opset, input_names=["input"], dynamic_axes=axes, **options)
    onnx.checker.check_model(onnx.load(str(path)))


def main():
    FIXTURES.mkdir(parents=True, exist_ok=True)
    plain = {"training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False}
    for opset in (7, 9, 11, 13, 17):
        export("residual", Residual, opset, shape=(1, 3, 32, 32), dynamic=opset > 7)
        export("shuffle", Shuffle, opset, dynamic=opset > 7)
    export("residual_norms", Residual, 13, shape=(1, 3, 32, 32), **plain)
    for opset in (9, 13, 17):
        export("excitation", Excitation, opset, shape=(2, 3, 16, 16))
        export("convnext", ConvNext, opset, shape=(2, 3, 32, 32))
        export("norms", Norms, opset)
    for opset in (14, 17):
        export("activations", lambda: Activations(opset), opset)
        export("more_activations", MoreActivations, opset)
    for opset in (10, 11, 13, 17):
        export("pools", Pools, opset, dynamic=opset > 10)
    export("odd", Odd, 11)
    export("odd_unfolded", Odd, 13, do_constant_folding=False)
    write_half()
    write_external()


def write_half():
    """The residual network with weights of 16 bits, cast to 32 where they are used, as converters write it."""
    model = onnx.load(str(FIXTURES / "residual_13.onnx"))
    for tensor in list(model.graph.initializer):
        name = tensor.name
        half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype("float16"), name + "_half")
        model.graph.initializer.remove(tensor)
        model.graph.initializer.append(half)
        model.graph.node.insert(0, onnx.helper.make_node("Cast", [name + "_half"], [name], to=onnx.TensorProto.FLOAT))
    onnx.checker.check_model(model)
    onnx.save(model, str(FIXTURES / "residual_half_13.onnx"))


def write_external():
    """The residual network with its weights in a file beside it."""
    model = onnx.load(str(FIXTURES / "residual_17.onnx"))
    onnx.save_model(model, str(FIXTURES / "residual_external_17.onnx"), save_as_external_data=True, location="residual_external_17.bin", size_threshold=64)


if __name__ == "__main__":
    main()
