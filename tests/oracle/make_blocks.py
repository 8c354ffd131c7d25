"""Asks PyTorch for the outputs of blocks with their authors' names and meanings, and writes fixtures/blocks/. See README.md."""

from pathlib import Path

import numpy
import torch
from torch import nn

import counter_fill
from networks.diverse import DiverseBranchBlock

FIXTURES = Path(__file__).resolve().parent / "fixtures" / "blocks"
BLOCKS = {  # inputs, outputs, kernel, stride, groups
    "dbb": (6, 8, 3, 2, 1),
    "dbb_grouped": (8, 8, 5, 1, 2),
    "dbb_depthwise": (6, 6, 3, 1, 6),
}


def main():
    torch.set_grad_enabled(False)
    FIXTURES.mkdir(parents=True, exist_ok=True)
    for name, options in BLOCKS.items():
        model = nn.Module()
        model.block = DiverseBranchBlock(*options)
        model.eval()
        state = {key: torch.from_numpy(counter_fill.parameter(key, tuple(value.shape), 1.0)) for key, value in model.state_dict().items()}
        model.load_state_dict(state)
        x = torch.from_numpy(counter_fill.input_array((2, options[0], 9, 11)))
        torch.save(state, FIXTURES / f"{name}.pth")
        numpy.save(FIXTURES / f"{name}.x.npy", x.numpy())
        numpy.save(FIXTURES / f"{name}.y.npy", model.double().block(x.double()).numpy().astype(numpy.float32))


if __name__ == "__main__":
    main()
