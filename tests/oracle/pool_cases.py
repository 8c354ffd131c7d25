"""The cases of op_cases.py that pool."""

import torch
from torch.nn import functional

from op_case import INF, NAN, Filled, OpCase, pad_map, pair_of, sides_of, with_values


def max_pool(shape, kernel, stride=None, padding=0, dilation=1, ceil_mode=False, specials=None):
    kernel, padding, dilation = pair_of(kernel), pair_of(padding), pair_of(dilation)
    stride = kernel if stride is None else pair_of(stride)
    x = Filled("input", shape, -1, 2)
    attributes = {
        "kernel": kernel, "stride": stride, "padding": sides_of(padding), "dilation": dilation, "ceil_mode": ceil_mode,
    }  # fmt: skip

    def compute(x):
        return functional.max_pool2d(x, kernel, stride, padding, dilation, ceil_mode)

    return OpCase("max_pool", attributes, [with_values(x, specials) if specials else x], compute)


def average_pool(shape, kernel, stride=None, padding=0, ceil_mode=False, count_include_pad=True, specials=None):
    kernel, padding = pair_of(kernel), pair_of(padding)
    stride = kernel if stride is None else pair_of(stride)
    x = Filled("input", shape, -1, 2)
    attributes = {
        "kernel": kernel, "stride": stride, "padding": sides_of(padding),
        "ceil_mode": ceil_mode, "count_include_pad": count_include_pad,
    }  # fmt: skip

    def compute(x):
        return functional.avg_pool2d(x, kernel, stride, padding, ceil_mode, count_include_pad)

    return OpCase("average_pool", attributes, [with_values(x, specials) if specials else x], compute)


def uneven_max_pool(shape, kernel, stride, sides):
    """PyTorch's pools pad both sides alike; ONNX's do not have to."""
    attributes = {"kernel": pair_of(kernel), "stride": pair_of(stride), "padding": sides, "dilation": [1, 1], "ceil_mode": False}
    return OpCase(
        "max_pool", attributes, [Filled("input", shape, -1, 2)], lambda x: functional.max_pool2d(pad_map(x, sides, -INF), kernel, stride), gradients=True
    )  # fmt: skip


def uneven_average_pool(shape, kernel, stride, sides, count_include_pad):
    attributes = {"kernel": pair_of(kernel), "stride": pair_of(stride), "padding": sides, "ceil_mode": False, "count_include_pad": count_include_pad}

    def compute(x):
        counted = torch.ones_like(pad_map(x, sides)) if count_include_pad else pad_map(torch.ones_like(x), sides)
        return functional.avg_pool2d(pad_map(x, sides), kernel, stride) / functional.avg_pool2d(counted, kernel, stride)

    return OpCase("average_pool", attributes, [Filled("input", shape, -1, 2)], compute, gradients=True)


def max_pool_cases():
    yield max_pool((1, 3, 9, 8), 3, 2, 1)
    yield max_pool((2, 17, 6, 7), 2)
    yield max_pool((1, 4, 7, 9), 2, ceil_mode=True)
    yield max_pool((1, 4, 6, 8), 3, 2, ceil_mode=True)
    yield max_pool((1, 4, 7, 7), 3, 2, 1, ceil_mode=True)
    yield max_pool((1, 2, 5, 5), 2, 2, 1, ceil_mode=True)  # the last window would start in the padding: dropped
    yield max_pool((1, 2, 6, 6), 3, 4, 1, ceil_mode=True)
    yield max_pool((1, 3, 7, 8), (3, 2), (1, 2), (1, 0))
    yield max_pool((1, 3, 9, 10), 3, 1, 1, dilation=2)
    yield max_pool((1, 3, 9, 10), 3, 2, 1, dilation=(2, 3), ceil_mode=True)
    yield max_pool((1, 2, 5, 5), 5, 1, 2)
    yield max_pool((1, 2, 1, 1), 1)
    yield max_pool((1, 2, 6, 6), 3, 2, 1, specials={0: NAN, 21: -INF, 40: INF, 60: NAN})
    yield max_pool((1, 1, 2, 2), 3, 2, 1, specials={0: -INF, 1: -INF, 2: -INF, 3: -INF})
    yield uneven_max_pool((1, 3, 6, 8), 3, 2, [0, 0, 1, 1])
    yield uneven_max_pool((2, 2, 5, 5), 2, 1, [0, 1, 1, 0])


def average_pool_cases():
    for include in (True, False):
        yield average_pool((1, 3, 8, 9), 3, 2, 1, count_include_pad=include)
        yield average_pool((1, 3, 7, 6), 2, ceil_mode=True, count_include_pad=include)
        yield average_pool((2, 2, 6, 6), 3, 2, 1, ceil_mode=True, count_include_pad=include)
        yield average_pool((1, 2, 5, 5), 2, 2, 1, ceil_mode=True, count_include_pad=include)
        yield average_pool((1, 17, 5, 6), 3, 1, 1, count_include_pad=include)
        yield average_pool((1, 2, 7, 8), (4, 3), (3, 2), (2, 1), ceil_mode=True, count_include_pad=include)
    yield average_pool((1, 16, 7, 7), 7)
    yield average_pool((1, 4, 6, 8), 2)
    yield average_pool((1, 2, 4, 4), 2, 1, specials={0: NAN, 10: INF, 20: INF, 21: -INF})
    for include in (True, False):
        yield uneven_average_pool((1, 3, 6, 8), 3, 2, [0, 0, 1, 1], include)
        yield uneven_average_pool((2, 2, 5, 5), 2, 1, [0, 1, 1, 0], include)


def adaptive_average_pool_cases():
    shapes = [
        ((7, 7), (1, 1)), ((5, 7), (3, 2)), ((2, 2), (3, 3)), ((1, 1), (7, 7)), ((7, 6), (7, 7)), ((6, 6), (7, 7)),
        ((10, 13), (4, 5)), ((7, 7), (7, 7)), ((14, 14), (7, 7)),
    ]  # fmt: skip
    for size, output in shapes:
        yield OpCase(
            "adaptive_average_pool", {"output": list(output)}, [Filled("input", (2, 3, *size), -1, 2)],
            lambda x, output=output: functional.adaptive_avg_pool2d(x, output),
        )  # fmt: skip
    special = with_values(Filled("input", (1, 3, 2, 3), -1, 2), {0: NAN, 7: INF, 13: INF, 14: -INF})
    yield OpCase("adaptive_average_pool", {"output": [1, 1]}, [special], lambda x: functional.adaptive_avg_pool2d(x, 1))


def adaptive_max_pool_cases():
    shapes = [((7, 7), (1, 1)), ((5, 7), (3, 2)), ((2, 2), (3, 3)), ((1, 1), (2, 2)), ((7, 6), (7, 7)), ((10, 13), (4, 5))]
    for size, output in shapes:
        yield OpCase(
            "adaptive_max_pool", {"output": list(output)}, [Filled("input", (2, 3, *size), -1, 2)],
            lambda x, output=output: functional.adaptive_max_pool2d(x, output), gradients=True,
        )  # fmt: skip
    special = with_values(Filled("input", (1, 3, 2, 3), -1, 2), {0: NAN, 7: INF, 13: INF, 14: -INF})
    yield OpCase("adaptive_max_pool", {"output": [1, 1]}, [special], lambda x: functional.adaptive_max_pool2d(x, 1))


def blur_pool(x):
    """timm 0.9.16, layers/blur_pool.py, BlurPool2d with its defaults: a filter of size 3, stride 2, padding 1."""
    row = torch.tensor([1.0, 2.0, 1.0], dtype=x.dtype) / 4
    weight = (row[:, None] * row[None, :])[None, None].repeat(x.shape[1], 1, 1, 1)
    return functional.conv2d(functional.pad(x, (1, 1, 1, 1), "reflect"), weight, stride=2, groups=x.shape[1])


def blur_pool_cases():
    for shape in ((2, 3, 8, 8), (1, 17, 7, 5), (1, 2, 2, 2), (1, 2, 3, 2), (1, 4, 14, 9)):
        yield OpCase("blur_pool", {}, [Filled("input", shape, -1, 2)], blur_pool, gradients=True)
    special = with_values(Filled("input", (1, 2, 5, 6), -1, 2), {0: NAN, 35: INF, 52: -INF})
    yield OpCase("blur_pool", {}, [special], blur_pool)
