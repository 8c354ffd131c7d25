"""Asks PyTorch for gradients, running statistics and the losses of a few steps of SGD, and writes fixtures/training/. See README.md.

Everything is computed in float64 on float32 parameters that counter_fill.py makes, so it judges float32 gradients.
"""

import gzip
import sys
from pathlib import Path

import torch
from torch import nn
from torchvision.models import densenet, resnet, shufflenetv2

import counter_fill
from zoo import ZOO

FIXTURES = Path(__file__).resolve().parent / "fixtures" / "training"

# Each kind of block, as deep as float32 tells gradients apart (see LARGEST_ROUNDING).
BLOCKS = {
    "resnet50__tiny": lambda: resnet.ResNet(resnet.Bottleneck, [1, 1, 1, 1], num_classes=10),
    "resnext50_32x4d__tiny": lambda: resnet.ResNet(resnet.Bottleneck, [1, 1, 1, 1], num_classes=10, groups=32, width_per_group=4),
    "shufflenet_v2_x0_5__classes10": lambda: shufflenetv2.ShuffleNetV2([4, 8, 4], [24, 48, 96, 192, 1024], num_classes=10),
    "densenet121__tiny": lambda: densenet.DenseNet(12, (2, 3, 2, 2), 16, num_classes=10),
}

# Network and input.
NETWORKS = {
    "cifar_resnet20": (4, 3, 32, 32),
    "cifar_resnet20__option_b": (4, 3, 16, 16),
    "cifar_plain20": (4, 3, 32, 32),
    "resnet18": (4, 3, 64, 64),
    "resnet18__group_norm": (4, 3, 64, 64),
    "resnet50__tiny": (4, 3, 64, 64),
    "resnext50_32x4d__tiny": (4, 3, 64, 64),
    "shufflenet_v2_x0_5__classes10": (4, 3, 96, 96),
    "densenet121__tiny": (4, 3, 96, 96),
}

# A ReLU whose input is nearly zero may open for one rounding and close for another, and deep networks on few images have many:
# where PyTorch's own float32 gradients are further than this from its float64 ones, a network tests luck.
LARGEST_ROUNDING = 5e-4
STEPS = 5
SLICES = 8
LEARNING_RATE = 0.001
MOMENTUM = 0.9


def labels_of(batch, classes):
    """Classes for a batch: 7i + 3, modulo the number of classes."""
    return torch.tensor([(7 * i + 3) % classes for i in range(batch)])


def build(name):
    model = (BLOCKS[name]() if name in BLOCKS else ZOO[name].build()).train()
    state = model.state_dict()
    model.load_state_dict({key: torch.from_numpy(counter_fill.parameter(key, tuple(value.shape))) for key, value in state.items()})
    return model.double()


def row(name, kind, key, values):
    """The 2-norm, the greatest magnitude and some numbers at equal distances."""
    flat = values.detach().double().flatten()
    stride = max(1, flat.numel() // SLICES)
    numbers = [f"{value:.9g}" for value in flat[::stride][:SLICES].tolist()]
    return f"{name}\t{kind}\t{key}\t{flat.norm().item():.9g}\t{flat.abs().max().item():.9g}\t{' '.join(numbers)}\n"


def rounding_of(name, shape, gradients):
    """How far PyTorch's float32 gradients are from its float64 ones: the greatest relative 2-norm over all parameters that have one to speak of."""
    model = build(name).float()
    logits = model(torch.from_numpy(counter_fill.input_array(shape)))
    nn.CrossEntropyLoss()(logits, labels_of(shape[0], logits.shape[1])).backward()
    greatest = max(gradient.abs().max().item() for gradient in gradients.values())
    errors = []
    for key, parameter in model.named_parameters():
        exact = gradients[key]
        if exact.abs().max().item() > 1e-6 * greatest:
            errors.append(((parameter.grad.double() - exact).norm() / exact.norm()).item())
    return max(errors)


def ask(name, shape):
    model = build(name)
    images = torch.from_numpy(counter_fill.input_array(shape)).double()
    criterion = nn.CrossEntropyLoss()
    logits = model(images)
    labels = labels_of(shape[0], logits.shape[1])
    loss = criterion(logits, labels)
    loss.backward()
    gradients = {key: parameter.grad.clone() for key, parameter in model.named_parameters()}
    rounding = rounding_of(name, shape, gradients)
    print(f"{name:28} float32 is off by {rounding:.1e}", flush=True)
    assert rounding < LARGEST_ROUNDING, name
    lines = [row(name, "gradient", key, parameter.grad) for key, parameter in model.named_parameters()]
    lines += [row(name, "buffer", key, buffer) for key, buffer in model.named_buffers()]
    losses = [loss.item()]
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
    optimizer.step()
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    lines.append(row(name, "losses", "-", torch.tensor(losses, dtype=torch.float64)))
    print(f"{name:28} {' '.join(f'{value:.5f}' for value in losses)}", flush=True)
    return lines


def main():
    FIXTURES.mkdir(parents=True, exist_ok=True)
    lines = ["network\tkind\tname\tnorm\tgreatest\tnumbers\n"]
    inputs = ["network\tinput\n"]
    for name, shape in NETWORKS.items():
        lines += ask(name, shape)
        inputs.append(f"{name}\t{counter_fill.shape_text(shape)}\n")
    with open(FIXTURES / "steps.tsv.gz", "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write("".join(lines).encode())
    (FIXTURES / "networks.tsv").write_text("".join(inputs), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
