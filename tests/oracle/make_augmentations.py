"""Asks torchvision over Pillow what augmentations with given parameters make of pictures from a formula, and writes fixtures/augmentations.tsv. See README.md."""

import hashlib
import sys
from pathlib import Path

import numpy
import torch
from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F
from torchvision.transforms.autoaugment import RandAugment, _apply_op

FILE = Path(__file__).resolve().parent / "fixtures" / "augmentations.tsv"
PICTURES = [("noise", 32, 32), ("smooth", 33, 20), ("smooth", 64, 48), ("flat", 8, 8), ("smooth", 3, 3)]
NAMES = {"Color": "Saturation"}


def picture(kind, width, height):
    y, x, c = numpy.mgrid[0:height, 0:width, 0:3]
    if kind == "noise":
        values = (((y * width + x) * 3 + c).astype(numpy.uint64) * 2654435761 % 2**32) >> 24
    elif kind == "smooth":
        values = 40 + x * 3 + y * 2 * (c + 1) + (x // 4 + y // 3) % 2 * 50 - c * 20
    else:
        values = 90 + 30 * c + 0 * x
    return Image.fromarray(numpy.clip(values, 0, 255).astype(numpy.uint8))


def sha(image):
    return hashlib.sha256(numpy.asarray(image).tobytes()).hexdigest()


def cases(image):
    width, height = image.size
    for padding, mode in [(0, "constant"), (4, "constant"), (2, "reflect"), (1, "reflect")]:
        if mode == "reflect" and min(width, height) <= padding:
            continue
        padded = F.pad(image, padding, fill=0, padding_mode=mode)
        for left, top in [(0, 0), (1, 2 * padding), (2 * padding, 0)]:
            w, h = width - 1, height
            name = "Reflect" if mode == "reflect" else "Zero"
            if left <= padded.width - w:
                yield "crop", f"{left} {top} {w} {h} {padding} {name}", F.crop(padded, top, left, h, w)
    yield "flip", "", F.hflip(image)
    for left, top, w, h, to_width, to_height in [(0, 0, width, height, 16, 16), (1, 1, width - 1, height - 2, 40, 24), (0, 1, 2, 2, 5, 5)]:
        for mode in [InterpolationMode.BILINEAR, InterpolationMode.BICUBIC]:
            result = F.resized_crop(image, top, left, h, w, [to_height, to_width], mode)
            yield "resized_crop", f"{left} {top} {w} {h} {to_width} {to_height} {mode.name.capitalize()}", result
    for factor in [0, 0.25, 0.6, 0.999, 1, 1.3, 2.5]:
        yield "brightness", factor, F.adjust_brightness(image, factor)
        yield "contrast", factor, F.adjust_contrast(image, factor)
        yield "saturation", factor, F.adjust_saturation(image, factor)
        yield "sharpness", factor, F.adjust_sharpness(image, factor)
    for turns in [-0.5, -0.3, -0.1, -0.002, 0, 0.05, 0.2, 0.5]:
        yield "hue", turns, F.adjust_hue(image, turns)
    space = RandAugment()._augmentation_space(31, [height, width])
    for operation, (magnitudes, signed) in space.items():
        for bin in [0, 4, 9, 15, 22, 30] if magnitudes.ndim > 0 else [0]:
            for sign in [1, -1] if signed else [1]:
                magnitude = sign * float(magnitudes[bin].item()) if magnitudes.ndim > 0 else 0.0
                result = _apply_op(image, operation, magnitude, interpolation=InterpolationMode.NEAREST, fill=None)
                yield "augment", f"{NAMES.get(operation, operation).replace('Autocontrast', 'AutoContrast')} {bin} {sign}", result


def all_colours():
    """Every colour in RGB order, there and back: 8-bit RGB to HSV, and 8-bit HSV to RGB."""
    c, b, a = numpy.meshgrid(*[numpy.arange(256, dtype=numpy.uint8)] * 3, indexing="ij")
    grid = numpy.stack([c, b, a], -1).reshape(4096, 4096, 3)
    yield "rgb_to_hsv", "", sha(Image.fromarray(grid).convert("HSV"))
    yield "hsv_to_rgb", "", sha(Image.fromarray(grid, "HSV").convert("RGB"))


def main():
    torch.set_grad_enabled(False)
    lines = ["picture\twidth\theight\toperation\tparameters\tsha256"]
    for kind, width, height in PICTURES:
        for operation, parameters, result in cases(picture(kind, width, height)):
            lines.append(f"{kind}\t{width}\t{height}\t{operation}\t{parameters}\t{sha(result)}")
    lines += [f"-\t0\t0\t{operation}\t{parameters}\t{answer}" for operation, parameters, answer in all_colours()]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(len(lines) - 1)


if __name__ == "__main__":
    sys.exit(main())
