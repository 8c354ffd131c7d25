"""Writes one network for every peer: ONNX, a PyTorch state_dict, and a reference input with PyTorch's answer. See bench/README.md.

    /usr/bin/python3 bench/peers/export.py resnet50 artifacts/peers

writes artifacts/peers/resnet50/. The networks are those of peer_networks.py.
"""

import argparse
import json
import math
import sys
from pathlib import Path

import numpy
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "oracle"))
import counter_fill
from peer_networks import NETWORKS

# The newest operator set that PyTorch 1.13 writes.
OPSET = 17


def fill(model, entry, weights):
    """Parameters from the formula of the tests, from PyTorch's own initialisation, or from a checkpoint."""
    if weights == "formula":
        filled = {name: counter_fill.parameter(name, value.shape, entry.norm_gain) for name, value in model.state_dict().items()}
        model.load_state_dict({name: torch.from_numpy(value) for name, value in filled.items()})
    elif weights != "random":
        loaded = torch.load(weights, map_location="cpu")
        loaded = loaded.get("state_dict", loaded)
        model.load_state_dict({name.removeprefix("module."): value for name, value in loaded.items()})


def prune(model, fraction):
    """Sets that fraction of every convolution's weights to zero, uniformly at random, but for the first convolution.

    Those that stay grow by 1 / sqrt(1 - fraction), which keeps the variance of what the layers hand on.
    """
    convolutions = [name for name, value in model.state_dict().items() if value.dim() == 4][1:]
    for name in convolutions:
        weights = model.get_parameter(name)
        keep = counter_fill.fill(f"{name}.zeros", tuple(weights.shape), 0.0, 1.0) >= fraction
        weights.mul_(torch.from_numpy(keep.astype(numpy.float32) / numpy.float32(math.sqrt(1 - fraction))))


def export(name, folder, options):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.json").unlink(missing_ok=True)  # written last: it says that all the rest is there
    entry = NETWORKS[name]
    torch.manual_seed(options.seed)
    model = entry.build().eval()
    fill(model, entry, options.weights)
    if options.zeros > 0:
        prune(model, options.zeros)
    channels, *extents = entry.input[1:]
    shape = (channels, *([options.size] * 2 if options.size else extents))
    images, batches = options.images, options.batches
    x = torch.from_numpy(counter_fill.input_array((images, *shape)))
    y = model(x)
    torch.save(model.state_dict(), folder / "model.pth")
    x.numpy().astype("<f4").tofile(folder / "input.bin")
    y.numpy().astype("<f4").tofile(folder / "output.bin")
    for batch in batches:
        example = torch.zeros(batch, *shape)
        path = str(folder / f"model-batch{batch}.onnx")
        torch.onnx.export(model, example, path, opset_version=OPSET, input_names=["input"], output_names=["output"])
    description = {
        "name": name, "weights": options.weights, "zeros": options.zeros, "images": images, "input": list(shape), "outputs": y.shape[1], "batches": batches,
    }  # fmt: skip
    (folder / "model.json").write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
    print(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=sorted(NETWORKS), metavar="MODEL", help="a network of peer_networks.py: resnet50, cifar_resnet56, …")
    parser.add_argument("folder", type=Path, help="where the model's own folder is made")
    parser.add_argument("--weights", default="formula", help="formula (default), random, or a PyTorch checkpoint that you trust")
    parser.add_argument("--seed", type=int, default=0, help="of --weights random")
    parser.add_argument("--images", type=int, default=8, help="in the reference input")
    parser.add_argument("--batches", type=int, nargs="+", default=[1], help="one ONNX file for each; a fixed size runs fastest")
    parser.add_argument("--size", type=int, help="rows and columns of the images, where not those that the network was published for")
    parser.add_argument("--zeros", type=float, default=0.0, help="the fraction of every convolution's weights, but the first's, that is set to zero")
    arguments = parser.parse_args()
    torch.set_grad_enabled(False)
    export(arguments.model, arguments.folder / arguments.model, arguments)


if __name__ == "__main__":
    sys.exit(main())
