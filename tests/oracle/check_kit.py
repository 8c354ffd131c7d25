"""Runs the kit's trained CIFAR networks through networks/cifar.py: right names and shortcuts give the known numbers of right answers.

Needs the folder of the kit in the environment variable ESPALIER_KIT.
"""

import os
import sys
from pathlib import Path

import numpy
import torch

from networks.cifar import CifarResNet

# file, build, mean, standard deviation, right answers of 10,000
_IMAGENET_STATISTICS = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
_CIFAR_STATISTICS = ((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010))
CASES = [
    ("resnet20-12fca82f.th", lambda: CifarResNet(20), _IMAGENET_STATISTICS, 9173),
    ("resnet56-4bfd9763.th", lambda: CifarResNet(56), _IMAGENET_STATISTICS, 9339),
    ("resnet56-optionB-zip.pth", lambda: CifarResNet(56, "b"), _CIFAR_STATISTICS, 9356),
]


def _load(path):
    loaded = torch.load(path, map_location="cpu")
    loaded = loaded.get("state_dict", loaded)
    return {name.removeprefix("module."): value for name, value in loaded.items()}


def _count_right(model, images, labels):
    model.eval()
    answers = torch.cat([model(batch).argmax(1) for batch in images.split(500)])
    return int((answers == labels).sum())


def main():
    torch.set_grad_enabled(False)
    kit = Path(os.environ["ESPALIER_KIT"])
    records = torch.from_numpy(numpy.fromfile(kit / "cifar10/test_batch.bin", numpy.uint8)).view(-1, 1 + 3 * 32 * 32)
    labels, pixels = records[:, 0].long(), records[:, 1:].reshape(-1, 3, 32, 32).float() / 255
    wrong = False
    for name, build, (mean, deviation), expected in CASES:
        model = build()
        missing, unexpected = model.load_state_dict(_load(kit / "weights" / name), strict=False)
        # Files from before PyTorch 0.4.1 have no num_batches_tracked.
        missing = [key for key in missing if not key.endswith("num_batches_tracked")]
        images = (pixels - torch.tensor(mean).view(3, 1, 1)) / torch.tensor(deviation).view(3, 1, 1)
        right = _count_right(model, images, labels)
        wrong |= right != expected or bool(missing) or bool(unexpected)
        print(f"{name}: {right} right of {len(labels)}, expected {expected}; missing {missing}, unexpected {unexpected}")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
