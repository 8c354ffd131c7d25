"""Writes the table of torchvision's weights for convolutional classifiers, and ImageNet's class names, as src/Espalier/Fetching reads them. See README.md."""

import sys
from pathlib import Path

import torchvision
from torchvision.models import get_model_weights, list_models

TARGET = Path(__file__).resolve().parents[2] / "src" / "Espalier" / "Fetching"
ADDRESS = "https://download.pytorch.org/models/"
TRANSFORMERS = ("maxvit_", "swin_", "vit_")

# The endings of names for the weights after the first ones. IMAGENET1K_FEATURES of vgg16 is left out: its classifier has no values.
ENDINGS = {"IMAGENET1K_V1": "", "IMAGENET1K_V2": "_v2", "IMAGENET1K_SWAG_E2E_V1": "_swag", "IMAGENET1K_SWAG_LINEAR_V1": "_swag_linear"}

# Their weights come with transform_input: the input is brought from ImageNet's statistics to the range from -1 to 1.
TRANSFORMED = ("googlenet", "inception_v3")


def _row(model, weights):
    transforms = weights.transforms()
    assert weights.url.startswith(ADDRESS) and weights.url.endswith(".pth"), weights.url
    mean, deviation = ([0.5] * 3, [0.5] * 3) if model in TRANSFORMED else (transforms.mean, transforms.std)
    cells = [
        model + ENDINGS[weights.name],
        model,
        weights.url[len(ADDRESS) : -len(".pth")],
        transforms.resize_size[0],
        transforms.crop_size[0],
        transforms.interpolation.value,
        " ".join(map(str, mean)),
        " ".join(map(str, deviation)),
    ]
    return "\t".join(map(str, cells)) + "\n"


def main():
    models = [name for name in list_models(module=torchvision.models) if not name.startswith(TRANSFORMERS)]
    rows = [(name, weights) for name in models for weights in get_model_weights(name) if weights.name in ENDINGS]
    header = "name\tarchitecture\tfile\tresize\tcrop\tinterpolation\tmean\tdeviation\n"
    (TARGET / "torchvision.tsv").write_text(header + "".join(_row(*row) for row in rows), encoding="utf-8")
    (categories,) = {tuple(weights.meta["categories"]) for _, weights in rows}  # one list for all
    assert len(categories) == 1000
    (TARGET / "imagenet.txt").write_text("\n".join(categories) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
