"""Published parameter counts and multiply-accumulates, with the relative tolerance that rounding and counting rules need."""

import torchvision

# Billions of multiply-accumulates at the size of the weights' crop (224 for most), as torchvision's documentation prints them ("GFLOPS"), to three digits after the point.
TORCHVISION_GIGA_MACS = {
    "resnet18": 1.814,
    "resnet34": 3.664,
    "resnet50": 4.089,
    "resnet101": 7.801,
    "resnet152": 11.514,
    "resnext50_32x4d": 4.23,
    "resnext101_32x8d": 16.414,
    "resnext101_64x4d": 15.46,
    "wide_resnet50_2": 11.398,
    "wide_resnet101_2": 22.753,
    "vgg11": 7.609,
    "vgg11_bn": 7.609,
    "vgg13": 11.308,
    "vgg13_bn": 11.308,
    "vgg16": 15.47,
    "vgg16_bn": 15.47,
    "vgg19": 19.632,
    "vgg19_bn": 19.632,
    "mobilenet_v2": 0.301,
    "shufflenet_v2_x0_5": 0.04,
    "shufflenet_v2_x1_0": 0.145,
    "shufflenet_v2_x1_5": 0.296,
    "shufflenet_v2_x2_0": 0.583,
    "densenet121": 2.834,
    "densenet169": 3.36,
    "densenet161": 7.728,
    "densenet201": 4.291,
    "alexnet": 0.714,
    "squeezenet1_0": 0.819,
    "squeezenet1_1": 0.349,
    "googlenet": 1.498,
    "inception_v3": 5.713,
    "mnasnet0_5": 0.104,
    "mnasnet0_75": 0.215,
    "mnasnet1_0": 0.314,
    "mnasnet1_3": 0.526,
    "mobilenet_v3_large": 0.217,
    "mobilenet_v3_small": 0.057,
    "efficientnet_b0": 0.386,
    "efficientnet_b1": 0.687,
    "efficientnet_b2": 1.088,
    "efficientnet_b3": 1.827,
    "efficientnet_b4": 4.394,
    "efficientnet_b5": 10.266,
    "efficientnet_b6": 19.068,
    "efficientnet_b7": 37.746,
    "efficientnet_v2_s": 8.366,
    "efficientnet_v2_m": 24.582,
    "efficientnet_v2_l": 56.08,
    "regnet_y_400mf": 0.402,
    "regnet_y_800mf": 0.834,
    "regnet_y_1_6gf": 1.612,
    "regnet_y_3_2gf": 3.176,
    "regnet_y_8gf": 8.473,
    "regnet_y_16gf": 15.912,
    "regnet_y_32gf": 32.28,
    "regnet_y_128gf": 127.518,
    "regnet_x_400mf": 0.414,
    "regnet_x_800mf": 0.8,
    "regnet_x_1_6gf": 1.603,
    "regnet_x_3_2gf": 3.177,
    "regnet_x_8gf": 7.995,
    "regnet_x_16gf": 15.941,
    "regnet_x_32gf": 31.736,
    "convnext_tiny": 4.456,
    "convnext_small": 8.684,
    "convnext_base": 15.355,
    "convnext_large": 34.361,
}

# torchvision's parameter counts that include auxiliary classifiers, which its multiply-accumulates leave out.
WITH_HEADS = {"inception_v3"}

HE_2015 = "He et al. 2015, arXiv 1512.03385, "
HE_2016 = "He et al. 2016, arXiv 1603.05027, table 4"
VGG = "Simonyan and Zisserman 2014, arXiv 1409.1556, table 2"
SHUFFLENET = "Ma et al. 2018, arXiv 1807.11164, table 5"
COUNTERS = "operation counters that count normalisation and pooling too"

# model, parameters or None, multiply-accumulates or None, relative tolerance, source
PAPERS = [
    ("resnet18", None, 1.8e9, 0.02, HE_2015 + "table 1"),
    ("resnet34", None, 3.6e9, 0.02, HE_2015 + "table 1"),
    ("resnet50__v1", None, 3.8e9, 0.02, HE_2015 + "table 1"),
    ("resnet101__v1", None, 7.6e9, 0.02, HE_2015 + "table 1"),
    ("resnet152__v1", None, 11.3e9, 0.02, HE_2015 + "table 1"),
    ("plain18", None, 1.8e9, 0.02, HE_2015 + "table 1, without its shortcuts"),
    ("plain34", None, 3.6e9, 0.02, HE_2015 + "figure 3"),
    ("resnet18", 11.69e6, 1.82e9, 0.01, COUNTERS),
    ("resnet34", 21.80e6, 3.67e9, 0.01, COUNTERS),
    ("resnet50", 25.56e6, 4.11e9, 0.01, COUNTERS),
    ("resnet101", 44.55e6, 7.83e9, 0.01, COUNTERS),
    ("resnet152", 60.19e6, 11.56e9, 0.01, COUNTERS),
    ("vgg11", 133e6, None, 0.005, VGG),
    ("vgg13", 133e6, None, 0.005, VGG),
    ("vgg16", 138e6, 15.5e9, 0.005, VGG + "; MACs: " + COUNTERS),
    ("vgg19", 144e6, 19.6e9, 0.005, VGG + "; MACs: " + HE_2015 + "figure 3"),
    ("resnext50_32x4d", 25.0e6, 4.2e9, 0.02, "Xie et al. 2016, arXiv 1611.05431, table 1"),
    ("wide_resnet50_2", 68.9e6, None, 0.005, "Zagoruyko and Komodakis 2016, arXiv 1605.07146"),
    ("mobilenet_v1", 4.2e6, 569e6, 0.01, "Howard et al. 2017, arXiv 1704.04861, table 4"),
    ("mobilenet_v2", 3.4e6, 300e6, 0.04, "Sandler et al. 2018, arXiv 1801.04381, table 4"),
    ("mobilenet_v2__width_1_4", None, 585e6, 0.02, "Sandler et al. 2018, arXiv 1801.04381, table 4"),
    ("shufflenet_v2_x0_5", 1.4e6, 41e6, 0.03, SHUFFLENET),
    ("shufflenet_v2_x1_0", 2.3e6, 146e6, 0.03, SHUFFLENET),
    ("shufflenet_v2_x1_5", 3.5e6, 299e6, 0.03, SHUFFLENET),
    ("shufflenet_v2_x2_0", 7.4e6, 591e6, 0.03, SHUFFLENET),
    ("cifar_resnet20", 0.27e6, None, 0.02, HE_2015 + "table 6"),
    ("cifar_resnet32", 0.46e6, None, 0.02, HE_2015 + "table 6"),
    ("cifar_resnet44", 0.66e6, None, 0.02, HE_2015 + "table 6"),
    ("cifar_resnet56", 0.85e6, None, 0.02, HE_2015 + "table 6"),
    ("cifar_resnet110", 1.7e6, None, 0.03, HE_2015 + "table 6"),
    ("cifar_resnet1202", 19.4e6, None, 0.02, HE_2015 + "table 6"),
    ("cifar_preact_resnet110", 1.7e6, None, 0.03, HE_2016),
    ("cifar_preact_resnet164", 1.7e6, None, 0.03, HE_2016),
    ("cifar_preact_resnet1001", 10.2e6, None, 0.02, HE_2016),
]


def of_model(name):
    """Rows of (parameters or None, multiply-accumulates or None, relative tolerance, source)."""
    rows = [row[1:] for row in PAPERS if row[0] == name]
    if name in TORCHVISION_GIGA_MACS:
        weights = torchvision.models.get_model_weights(name).DEFAULT
        giga_macs = TORCHVISION_GIGA_MACS[name]
        rounding = 0.0005 / giga_macs
        parameters = None if name in WITH_HEADS else weights.meta["num_params"]
        rows.insert(0, (parameters, giga_macs * 1e9, rounding, "torchvision documentation"))
    return rows
