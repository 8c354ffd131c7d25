"""Writes window_sizes.tsv: output sizes of convolutions and pools as PyTorch has them, or `refused`.

Run with any Python that has torch (the committed table is from 1.13). One row for each geometry of one axis; the other axis is
of 40 pixels under a 1-wide window, so that only the axis at hand decides.
"""

import random
from pathlib import Path

import torch
from torch.nn import functional

COLUMNS = ["op", "extent", "kernel", "stride", "padding", "dilation", "ceil", "output"]


def output(op, extent, kernel, stride, padding, dilation, ceil):
    x = torch.zeros(1, 1, extent, 40)
    try:
        if op == "conv2d":
            y = functional.conv2d(x, torch.zeros(1, 1, kernel, 1), stride=(stride, 1), padding=(padding, 0), dilation=(dilation, 1))
        elif op == "max_pool":
            y = functional.max_pool2d(x, (kernel, 1), (stride, 1), (padding, 0), (dilation, 1), ceil_mode=bool(ceil))
        else:
            y = functional.avg_pool2d(x, (kernel, 1), (stride, 1), (padding, 0), ceil_mode=bool(ceil))
    except RuntimeError:
        return "refused"
    return y.shape[2]


def geometries():
    dice = random.Random(2015)
    yield from [("conv2d", 224, 7, 2, 3, 1, 0), ("max_pool", 112, 3, 2, 1, 1, 0), ("max_pool", 112, 3, 2, 0, 1, 1), ("avg_pool", 7, 7, 7, 0, 1, 0)]
    for op in ("conv2d", "max_pool", "avg_pool"):
        for _ in range(150):
            yield (
                op,
                dice.randint(1, 15),
                dice.randint(1, 6),
                dice.randint(1, 4),
                dice.randint(0, 3),
                1 if op == "avg_pool" else dice.randint(1, 3),
                0 if op == "conv2d" else dice.randint(0, 1),
            )


def main():
    rows = dict.fromkeys(geometries())
    with open(Path(__file__).with_suffix(".tsv"), "w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join(COLUMNS) + "\n")
        for row in rows:
            file.write("\t".join(str(cell) for cell in (*row, output(*row))) + "\n")


if __name__ == "__main__":
    main()
