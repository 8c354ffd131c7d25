"""Asks PyTorch for class activation maps and gradients by the input, and writes fixtures/explanations.tsv.gz. See README.md.

Everything is computed in float64 on float32 parameters that counter_fill.py makes, in evaluation mode.
"""

import gzip
from pathlib import Path

import numpy
import torch
from torch.nn import functional
from torchvision.models import resnet

import counter_fill
from networks import cifar

FIXTURE = Path(__file__).resolve().parent / "fixtures" / "explanations.tsv.gz"

# Network, height and width, nodes for maps, class, unit of the first node.
CASES = [
    ("cifar_resnet8_b", lambda: cifar.CifarResNet(8, "b"), (21, 17), ["layer2", "layer3"], 3, (4, 5)),
    ("resnet50__tiny", lambda: resnet.ResNet(resnet.Bottleneck, [1, 1, 1, 1], num_classes=10), (64, 96), ["layer2", "layer3", "layer4"], 7, (3, 8)),
]


def picture(height, width):
    """Pixels of a picture: (7x + 13y + 29c + xy) mod 256 for column x, row y and channel c, normalized by 0.5 and 0.25 in float32."""
    y, x, c = numpy.meshgrid(range(height), range(width), range(3), indexing="ij")
    values = ((7 * x + 13 * y + 29 * c + x * y) % 256).astype(numpy.float32) / numpy.float32(255)
    return torch.from_numpy(((values - numpy.float32(0.5)) / numpy.float32(0.25)).transpose(2, 0, 1).copy()).double()[None]


def forward(model, nodes, x):
    """The logits, and the outputs of nodes, whose gradients are kept."""
    found = {}
    hooks = [model.get_submodule(node).register_forward_hook(lambda _, __, output, node=node: found.__setitem__(node, output)) for node in nodes]
    logits = model(x)
    for hook in hooks:
        hook.remove()
    for value in found.values():
        value.retain_grad()
    return logits, found


def grad_cam(model, node, x, label):
    logits, found = forward(model, [node], x)
    logits[0, label].backward()
    maps = found[node]
    return torch.relu((maps.grad.mean((2, 3), keepdim=True) * maps).sum(1))[0]


def score_cam(model, node, x, label):
    maps = forward(model, [node], x)[1][node][0].detach()
    varied = [k for k in range(len(maps)) if maps[k].min() != maps[k].max()]
    scores = []
    with torch.no_grad():
        for k in varied:
            mask = functional.interpolate(maps[None, k : k + 1], size=x.shape[2:], mode="bilinear", align_corners=False)
            mask = (mask - mask.min()) / (mask.max() - mask.min())
            scores.append(model(x * mask)[0, label])
    return torch.relu((torch.softmax(torch.stack(scores), 0)[:, None, None] * maps[varied]).sum(0))


def cam(model, node, x, label):
    head = model.fc if hasattr(model, "fc") else model.linear
    return (head.weight[label][:, None, None] * forward(model, [node], x)[1][node][0]).sum(0)


def input_gradient(model, node, x, unit):
    """The absolute gradient, summed over the input's channels, of the sum over the channels of a unit."""
    x = x.clone().requires_grad_()
    maps = forward(model, [node], x)[1][node]
    maps[0, :, unit[0], unit[1]].sum().backward()
    return x.grad.abs().sum(1)[0]


def main():
    rows = ["network\tkind\tnode\tclass\tshape\tvalues"]

    def add(network, kind, node, label, values):
        values = values.detach().double()
        rows.append("\t".join([network, kind, node, str(label), "x".join(map(str, values.shape)), " ".join(f"{value:.9g}" for value in values.flatten().tolist())]))

    for name, build, (height, width), nodes, label, unit in CASES:
        model = build().eval()
        model.load_state_dict({key: torch.from_numpy(counter_fill.parameter(key, tuple(value.shape))) for key, value in model.state_dict().items()})
        model = model.double()
        x = picture(height, width)
        add(name, "logits", "", "", model(x)[0])
        for node in nodes:
            add(name, "grad-cam", node, label, grad_cam(model, node, x, label))
        add(name, "score-cam", nodes[0], label, score_cam(model, nodes[0], x, label))
        add(name, "cam", nodes[-1], label, cam(model, nodes[-1], x, label))
        add(name, f"unit {unit[0]},{unit[1]}", nodes[0], "", input_gradient(model, nodes[0], x, unit))

    with open(FIXTURE, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(("\n".join(rows) + "\n").encode())


if __name__ == "__main__":
    main()
