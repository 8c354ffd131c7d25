"""Asks PyTorch for gradients, running statistics and the losses of a few steps of SGD, and writes fixtures/training/. See README.md.

Everything is computed in float64 on float32 parameters that counter_fill.py makes, so it judges float32 gradients.
"""

import gzip
import itertools
import sys
from multiprocessing import Pool
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

# Network and input: as few pixels as the norms of the last stage allow.
NETWORKS = {
    "cifar_resnet20": (2, 3, 16, 16),
    "cifar_resnet20__option_b": (2, 3, 16, 16),
    "cifar_plain20": (2, 3, 16, 16),
    "resnet18": (2, 3, 64, 64),
    "resnet18__group_norm": (2, 3, 64, 64),
    "resnet50__tiny": (4, 3, 64, 64),
    "resnext50_32x4d__tiny": (4, 3, 64, 64),
    "shufflenet_v2_x0_5__classes10": (4, 3, 96, 96),
    "densenet121__tiny": (2, 3, 64, 64),
}

# Wide stages have too many ReLUs for an input that keeps all of them away from zero: these take the first one, and are only held to LARGEST_ROUNDING.
WIDE = {"resnet50__tiny", "resnext50_32x4d__tiny", "shufflenet_v2_x0_5__classes10"}

# Whose losses the tests follow.
FOLLOWED = {"cifar_resnet20", "cifar_resnet20__option_b", "resnet18", "densenet121__tiny"}

# A ReLU whose input is nearly zero may open for one rounding and close for another, and deep networks have many of them: one that
# flips moves single numbers of gradients by percents. So of many inputs those are looked at that keep the ReLUs furthest from that,
# the one that noise moves least is taken, and it is checked to be well-conditioned: PyTorch's own float32 gradients have to be this near to its float64 ones, …
LARGEST_ROUNDING = 5e-4
# … and so has whatever the tests compare when every convolution's output has noise of the size of Winograd's error: gradients as
# parts of their greatest number, of which the tests allow 1e-3, and losses, of which they allow 1e-4.
LARGEST_SENSITIVITY = 5e-4
LARGEST_LOSS_SENSITIVITY = 5e-5
NOISE = 3e-6  # standard deviation, as a part of the output's: the greatest of Winograd F(4x4)'s errors are 1e-5 to 2e-5
NOISE_DRAWS = 2
INPUTS = 30
FINALISTS = 2
STEPS = 5
SLICES = 8
LEARNING_RATE = 2e-5
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


def images_of(stream, shape):
    """A stream's images, made as the formula's input is."""
    return torch.from_numpy(counter_fill.fill(stream, tuple(shape), -1.0, 2.0))


def margin_of(model, images):
    """How near to zero the nearest input of a ReLU is, as a part of the root mean square of its map."""
    margins = []
    usual = torch.relu, torch.relu_

    def relu(x):
        margins.append((x.abs().min() / x.square().mean().sqrt()).item())
        return usual[0](x)

    torch.relu = torch.relu_ = relu
    try:
        with torch.no_grad():
            model(images)
    finally:
        torch.relu, torch.relu_ = usual
    return min(margins)


def with_noise(model, seed):
    generator = torch.Generator().manual_seed(seed)
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            module.register_forward_hook(lambda m, i, y: y + NOISE * y.detach().std() * torch.randn(y.shape, generator=generator, dtype=y.dtype))
    return model


def gradients_of(model, images):
    logits = model(images)
    nn.CrossEntropyLoss()(logits, labels_of(len(images), logits.shape[1])).backward()
    return {key: parameter.grad for key, parameter in model.named_parameters()}


def losses_of(model, images):
    """The loss before each of some steps of SGD, and after the last one."""
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
    losses = []
    for _ in range(STEPS + 1):
        optimizer.zero_grad()
        logits = model(images)
        loss = nn.CrossEntropyLoss()(logits, labels_of(len(images), logits.shape[1]))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def sensitivity_of(name, images):
    """How far noise moves what the tests compare of gradients, as a part of a gradient's greatest number."""
    exact = gradients_of(build(name), images)
    least = 1e-3 * max(gradient.abs().max().item() for gradient in exact.values())
    worst = 0.0
    for draw in range(NOISE_DRAWS):
        noisy = gradients_of(with_noise(build(name), draw), images)
        worst = max(worst, *(difference_of(exact[key], noisy[key], least) for key in exact))
    return worst


def difference_of(exact, noisy, least):
    greatest = max(exact.abs().max().item(), least)
    norms = abs(noisy.norm() - exact.norm()).item() / max(exact.norm().item(), least * exact.numel() ** 0.5)
    stride = max(1, exact.numel() // SLICES)
    numbers = (noisy - exact).flatten()[::stride][:SLICES].abs().max().item() / greatest
    return max(norms, numbers)


def loss_sensitivity_of(name, images):
    exact = losses_of(build(name), images)
    noisy = [losses_of(with_noise(build(name), draw), images) for draw in range(NOISE_DRAWS)]
    return max(abs(a - b) / max(1, a) for one in noisy for a, b in zip(exact, one))


def choose_input(name, shape):
    """The stream of the best-conditioned input."""
    if name in WIDE:
        return "input"
    streams = ["input", *(f"input {i}" for i in range(1, INPUTS))]
    model = build(name).float()
    margins = {stream: margin_of(model, images_of(stream, shape)) for stream in streams}
    finalists = sorted(streams, key=margins.get, reverse=True)[:FINALISTS]
    sensitivities = {stream: sensitivity_of(name, images_of(stream, shape).double()) for stream in ["input", *finalists]}
    best = min(sensitivities, key=sensitivities.get)
    loss = loss_sensitivity_of(name, images_of(best, shape).double()) if name in FOLLOWED else 0
    print(f"{name:28} {best}: margin {margins[best]:.1e}, noise moves gradients by {sensitivities[best]:.1e}, losses by {loss:.1e}", flush=True)
    assert sensitivities[best] < LARGEST_SENSITIVITY and loss < LARGEST_LOSS_SENSITIVITY, name
    return best


def rounding_of(name, images, gradients):
    """How far PyTorch's float32 gradients are from its float64 ones: the greatest relative 2-norm over all parameters that have one to speak of."""
    model = build(name).float()
    logits = model(images)
    nn.CrossEntropyLoss()(logits, labels_of(len(images), logits.shape[1])).backward()
    greatest = max(gradient.abs().max().item() for gradient in gradients.values())
    errors = []
    for key, parameter in model.named_parameters():
        exact = gradients[key]
        if exact.abs().max().item() > 1e-6 * greatest:
            errors.append(((parameter.grad.double() - exact).norm() / exact.norm()).item())
    return max(errors)


def ask(name, shape, stream):
    model = build(name)
    images = images_of(stream, shape).double()
    gradients = gradients_of(model, images)
    rounding = rounding_of(name, images.float(), gradients)
    print(f"{name:28} float32 is off by {rounding:.1e}", flush=True)
    assert rounding < LARGEST_ROUNDING, name
    lines = [row(name, "gradient", key, gradient) for key, gradient in gradients.items()]
    lines += [row(name, "buffer", key, buffer) for key, buffer in model.named_buffers()]
    losses = losses_of(build(name), images)
    lines.append(row(name, "losses", "-", torch.tensor(losses, dtype=torch.float64)))
    print(f"{name:28} {' '.join(f'{value:.5f}' for value in losses)}", flush=True)
    return lines


def lines_of(name):
    stream = choose_input(name, NETWORKS[name])
    return f"{name}\t{counter_fill.shape_text(NETWORKS[name])}\t{stream}\n", ask(name, NETWORKS[name], stream)


def main():
    FIXTURES.mkdir(parents=True, exist_ok=True)
    with Pool(initializer=torch.set_num_threads, initargs=(1,)) as pool:
        inputs, lines = zip(*pool.map(lines_of, NETWORKS, chunksize=1))
    with open(FIXTURES / "steps.tsv.gz", "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write("".join(["network\tkind\tname\tnorm\tgreatest\tnumbers\n", *itertools.chain.from_iterable(lines)]).encode())
    (FIXTURES / "networks.tsv").write_text("".join(["network\tinput\tstream\n", *inputs]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
