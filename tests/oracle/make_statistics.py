"""Asks PyTorch for statistics of weights and activations of a small residual network and writes fixtures/statistics/*. See README.md."""

import math
import sys
from pathlib import Path

import numpy
import torch

import counter_fill
from networks.cifar import CifarResNet

STATISTICS = Path(__file__).resolve().parent / "fixtures" / "statistics"
DEPTH = 8
IMAGES = 4
SIDE = 32
MOST_BINS = 64
MEAN = numpy.array([0.4914, 0.4822, 0.4465], dtype=numpy.float32)
DEVIATION = numpy.array([0.2470, 0.2435, 0.2616], dtype=numpy.float32)


def images():
    """Bytes of the formula, as ToTensor and Normalize make floats of them."""
    pixels = numpy.floor(256 * counter_fill.uniform("pixels", IMAGES * 3 * SIDE * SIDE)).astype(numpy.float32).reshape(IMAGES, 3, SIDE, SIDE)
    return torch.from_numpy((pixels / numpy.float32(255) - MEAN[:, None, None]) / DEVIATION[:, None, None])


def bins(values):
    """Start, width and number of the bins: the least power of two for which at most 64 bins at multiples of it cover all values."""
    least, greatest = values.min().item(), values.max().item()
    width = 2.0 ** (math.frexp(max(abs(least), abs(greatest)))[1] - 1 - 23)
    while math.floor(greatest / width) - math.floor(least / width) >= MOST_BINS:
        width *= 2
    return math.floor(least / width) * width, width, math.floor(greatest / width) - math.floor(least / width) + 1


def describe(name, values):
    """A line of statistics in float64: mean, deviation, least, greatest, zeros, bins and their counts."""
    values = values.double()
    start, width, count = bins(values)
    counts = torch.histc(values, count, start, start + count * width)
    assert counts.sum() == values.numel(), name
    figures = [values.mean().item(), values.std(unbiased=False).item(), values.min().item(), values.max().item()]
    return "\t".join([name, *map(repr, figures), str((values == 0).sum().item()), repr(start), repr(width), ",".join(str(int(n)) for n in counts)])


def write(name, header, lines):
    STATISTICS.mkdir(parents=True, exist_ok=True)
    (STATISTICS / name).write_text("\n".join([header, *lines]) + "\n")


def norms(weight):
    return ",".join(repr(value) for value in torch.linalg.vector_norm(weight.double().flatten(1), dim=1).tolist())


def main():
    torch.set_grad_enabled(False)
    model = CifarResNet(DEPTH).eval()
    state = {key: torch.from_numpy(counter_fill.parameter(key, tuple(value.shape), 1.0)) for key, value in model.state_dict().items()}
    model.load_state_dict(state)
    columns = "mean\tdeviation\tleast\tgreatest\tzeros\tstart\twidth\tcounts"
    layers = [(name, module.weight) for name, module in model.named_modules() if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear))]
    write("weights.tsv", f"layer\t{columns}\tnorms", [f"{describe(name, weight)}\t{norms(weight)}" for name, weight in layers])

    outputs, inputs = {}, {}

    def keep(name):
        def hook(_, given, output):
            inputs[name], outputs[name] = given[0], output

        return hook

    for name, module in model.named_modules():
        module.register_forward_hook(keep(name))
    model.double()
    model(images().double())
    hooked = [name for name, module in model.named_modules() if isinstance(module, (torch.nn.Conv2d, torch.nn.BatchNorm2d, torch.nn.Linear))]
    lines = [describe(name, outputs[name]) for name in hooked]
    blocks = []
    for stage in (1, 2, 3):
        name = f"layer{stage}.0"
        lines += [describe(f"{name}.relu1", torch.relu(outputs[f"{name}.bn1"])), describe(f"{name}.relu2", outputs[name])]
        shortcut = outputs.get(f"{name}.downsample", inputs[name])
        ratio = torch.linalg.vector_norm(outputs[f"{name}.bn2"].flatten(1), dim=1) / torch.linalg.vector_norm(shortcut.flatten(1), dim=1)
        blocks.append("\t".join([name, repr(ratio.mean().item()), repr(ratio.min().item()), repr(ratio.max().item())]))
    write("activations.tsv", f"node\t{columns}", lines)
    write("blocks.tsv", "block\tratio\tleast\tgreatest", blocks)


if __name__ == "__main__":
    sys.exit(main())
