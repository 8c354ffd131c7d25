"""The cases of make_ops.py: for each kind of operation, the attributes, the inputs and PyTorch's own computation of it."""

from dataclasses import replace

import numpy
import torch
from torch.nn import functional

from op_case import INF, NAN, Filled, Given, OpCase, pad_map, pair_of, sides_of, with_values
from pool_cases import adaptive_average_pool_cases, adaptive_max_pool_cases, average_pool_cases, blur_pool_cases, max_pool_cases
from quantize_cases import quantize_training_cases

# Where activations turn, saturate or overflow, and what is not a number. Repeated so that vector and scalar code both see them.
EDGES = [0.0, -0.0, 1e-40, -1e-40, 3.0, -3.0, 6.0, -6.0, 2.999999, -3.000001, 6.000001, 20.0, -20.0, 88.0, -88.0, 120.0, -120.0,
         3e38, -3e38, INF, -INF, NAN]  # fmt: skip


def conv2d(channels, out_channels, size, kernel, batch=1, stride=1, padding=0, dilation=1, groups=1, bias=False, specials=None, standardization_epsilon=None):
    kernel, stride, dilation, sides = pair_of(kernel), pair_of(stride), pair_of(dilation), sides_of(padding)
    x = Filled("input", (batch, channels, *pair_of(size)), -1, 2)
    weight = Filled("weight", (out_channels, channels // groups, *kernel), -0.5, 1)
    arguments = [with_values(x, specials) if specials else x, weight]
    if bias:
        arguments.append(Filled("bias", (out_channels,), -1, 2))

    def compute(x, weight, bias=None):
        if standardization_epsilon is not None:  # as timm 0.9.16's StdConv2d does it
            weight = functional.batch_norm(
                weight.reshape(1, out_channels, -1), None, None, training=True, momentum=0.0, eps=standardization_epsilon
            ).reshape_as(weight)
        return functional.conv2d(pad_map(x, sides), weight, bias, stride, 0, dilation, groups)

    attributes = {"kernel": kernel, "stride": stride, "padding": sides, "dilation": dilation, "groups": groups, "bias": bias}
    if standardization_epsilon is not None:
        attributes["standardization_epsilon"] = standardization_epsilon
    return OpCase("conv2d", attributes, arguments, compute)


def conv2d_cases():
    yield conv2d(1, 1, 1, 1)
    yield conv2d(3, 5, 4, 1, bias=True)
    yield conv2d(16, 16, (3, 5), 1, batch=2)
    yield conv2d(33, 17, (4, 3), 1, bias=True)
    yield conv2d(64, 48, (2, 3), 1, batch=3)
    yield conv2d(8, 12, (7, 6), 1, stride=2)
    yield conv2d(8, 12, (7, 6), 1, stride=(1, 3), bias=True)
    yield conv2d(4, 6, (3, 4), 1, padding=1, bias=True)
    yield conv2d(3, 4, (5, 6), 3)
    yield conv2d(3, 4, (5, 6), 3, batch=2, padding=1, bias=True)
    yield conv2d(16, 32, (7, 5), 3, padding=1)
    yield conv2d(17, 19, (6, 7), 3, padding=1, bias=True)
    yield conv2d(16, 16, (1, 1), 3, padding=1)
    yield conv2d(32, 16, (2, 9), 3, padding=1)
    yield conv2d(5, 8, (14, 15), 3, padding=1)
    yield conv2d(16, 16, (9, 8), 3, stride=2, padding=1, bias=True)
    yield conv2d(6, 7, (9, 8), 3, stride=(2, 1), padding=(1, 0))
    yield conv2d(6, 7, (9, 8), 3, stride=3, padding=2)
    yield conv2d(4, 4, (6, 7), 3, padding=(0, 1, 2, 3), bias=True)
    yield conv2d(4, 8, (9, 11), 3, padding=2, dilation=2)
    yield conv2d(4, 8, (12, 10), 3, stride=2, padding=4, dilation=4, bias=True)
    yield conv2d(3, 5, (8, 9), 3, padding=(1, 2), dilation=(1, 2))
    yield conv2d(3, 16, (17, 15), 7, stride=2, padding=3)
    yield conv2d(1, 4, (13, 16), 7, stride=2, padding=3, bias=True)
    yield conv2d(5, 3, (6, 8), 5, padding=2, bias=True)
    yield conv2d(4, 6, (5, 7), (1, 3), padding=(0, 1))
    yield conv2d(4, 6, (7, 5), (3, 1), padding=(1, 0), bias=True)
    yield conv2d(3, 4, (6, 9), (1, 7), padding=(0, 3))
    yield conv2d(4, 4, (6, 6), 2, stride=2)
    yield conv2d(4, 4, (5, 5), 4, padding=(1, 1, 2, 2))
    yield conv2d(3, 5, (4, 4), 4)
    yield conv2d(2, 3, (3, 2), 5, padding=3)
    yield conv2d(8, 12, (5, 6), 1, groups=4, bias=True)
    yield conv2d(32, 32, (5, 4), 3, padding=1, groups=8)
    yield conv2d(32, 16, (5, 5), 3, stride=2, padding=1, groups=2, bias=True)
    yield conv2d(6, 9, (5, 6), 3, padding=1, groups=3)
    yield conv2d(64, 32, (3, 3), 3, padding=1, groups=32)
    yield conv2d(16, 16, (6, 7), 3, padding=1, groups=16)
    yield conv2d(19, 19, (7, 6), 3, batch=2, stride=2, padding=1, groups=19, bias=True)
    yield conv2d(6, 12, (5, 6), 3, padding=1, groups=6)
    yield conv2d(8, 8, (9, 7), 5, padding=2, groups=8, bias=True)
    yield conv2d(8, 8, (7, 9), 3, padding=2, dilation=2, groups=8)
    yield conv2d(3, 4, (6, 7), 3, padding=1, bias=True, specials={0: INF, 50: NAN, 100: -INF})
    yield conv2d(16, 16, (5, 5), 3, padding=1, specials={30: INF, 33: -INF})
    yield conv2d(8, 8, (4, 5), 1, specials={7: NAN, 47: INF})
    yield conv2d(6, 6, (5, 6), 3, padding=1, groups=6, specials={0: NAN, 40: INF})
    yield from standardized_cases()


def standardized_cases():
    yield conv2d(3, 5, (6, 5), 3, batch=2, padding=1, standardization_epsilon=1e-6)
    yield conv2d(8, 12, (5, 6), 3, stride=2, padding=1, groups=4, bias=True, standardization_epsilon=1e-8)
    yield conv2d(17, 16, (3, 4), 1, bias=True, standardization_epsilon=1e-6)
    yield conv2d(6, 6, (5, 5), 3, padding=1, groups=6, standardization_epsilon=1e-3)


def batch_norm(shape, epsilon=1e-5, specials=None):
    channels = (shape[1],)
    x = Filled("input", shape, -3, 6)
    arguments = [
        with_values(x, specials) if specials else x,
        Filled("weight", channels, -1, 2),
        Filled("bias", channels, -1, 2),
        Filled("running_mean", channels, -1, 2),
        Filled("running_var", channels, 0.01, 2),
    ]

    def compute(x, weight, bias, mean, variance):
        return functional.batch_norm(x, mean, variance, weight, bias, training=False, eps=epsilon)

    return OpCase("batch_norm", {"epsilon": epsilon}, arguments, compute)


def plain_batch_norm(shape, epsilon=1e-5):
    """A batch norm without weight and bias."""
    channels = (shape[1],)
    arguments = [Filled("input", shape, -3, 6), Filled("running_mean", channels, -1, 2), Filled("running_var", channels, 0.01, 2)]
    return OpCase("batch_norm", {"epsilon": epsilon}, arguments, lambda x, mean, variance: functional.batch_norm(x, mean, variance, eps=epsilon))


def batch_norm_of_the_batch(shape, affine=True, epsilon=1e-5):
    """A batch norm without running statistics."""
    channels = (shape[1],)
    arguments = [Filled("input", shape, -3, 6)]
    if affine:
        arguments += [Filled("weight", channels, -1, 2), Filled("bias", channels, -1, 2)]

    def compute(x, weight=None, bias=None):
        return functional.batch_norm(x, None, None, weight, bias, training=True, eps=epsilon)

    return OpCase("batch_norm", {"epsilon": epsilon}, arguments, compute)


def group_norm(shape, groups, epsilon=1e-5):
    channels = (shape[1],)
    arguments = [Filled("input", shape, -3, 6), Filled("weight", channels, -1, 2), Filled("bias", channels, -1, 2)]
    attributes = {"groups": groups, "epsilon": epsilon}
    return OpCase("group_norm", attributes, arguments, lambda x, w, b: functional.group_norm(x, groups, w, b, epsilon))


def layer_norm(shape, epsilon=1e-5):
    """Over the channels, as torchvision's LayerNorm2d: permute, norm, permute back."""
    channels = (shape[1],)
    arguments = [Filled("input", shape, -3, 6), Filled("weight", channels, -1, 2), Filled("bias", channels, -1, 2)]

    def compute(x, weight, bias):
        return functional.layer_norm(x.movedim(1, -1), channels, weight, bias, epsilon).movedim(-1, 1)

    return OpCase("layer_norm", {"epsilon": epsilon}, arguments, compute)


def local_response_norm(shape, size, alpha=1e-4, beta=0.75, k=1.0):
    attributes = {"size": size, "alpha": alpha, "beta": beta, "k": k}
    return OpCase("local_response_norm", attributes, [Filled("input", shape, -30, 60)], lambda x: functional.local_response_norm(x, size, alpha, beta, k))


def affine(shape, bias):
    channels = (shape[1],)
    arguments = [Filled("input", shape, -3, 6), Filled("weight", channels, -1, 2)]
    if bias:
        arguments.append(Filled("bias", channels, -1, 2))
    each = (1, -1, *[1] * (len(shape) - 2))
    return OpCase("affine", {"bias": bias}, arguments, lambda x, w, b=torch.zeros(()): x * w.view(each) + (b.view(each) if bias else b))


def channel_norm_cases():
    yield layer_norm((2, 5, 3, 4))
    yield layer_norm((1, 33, 2, 7), epsilon=1e-6)
    yield layer_norm((3, 16, 1, 1), epsilon=0.1)
    yield layer_norm((4, 7))
    yield layer_norm((1, 96, 5, 3), epsilon=1e-6)
    yield layer_norm((2, 1, 2, 2))
    yield local_response_norm((2, 8, 3, 5), 5)
    yield local_response_norm((1, 17, 2, 3), 5, alpha=2.5e-3, k=2.0)
    yield local_response_norm((1, 33, 2, 2), 3, alpha=0.5, beta=0.5)
    yield local_response_norm((2, 6, 2, 3), 9, alpha=0.1, beta=1.0)
    yield local_response_norm((1, 20, 2, 3), 1, alpha=0.1, beta=0.6)
    yield affine((2, 5, 3, 4), True)
    yield affine((1, 17, 2, 3), False)
    yield affine((3, 6), True)


def norm_cases():
    yield batch_norm((2, 5, 3, 4))
    yield batch_norm((1, 17, 3, 3), epsilon=1e-3)
    yield batch_norm((3, 16, 1, 1), epsilon=0.1)
    yield batch_norm((4, 7))
    yield batch_norm((1, 3, 2, 2), specials={0: NAN, 5: INF, 9: -INF})
    yield group_norm((2, 8, 3, 5), 4)
    yield group_norm((1, 32, 2, 3), 32)
    yield group_norm((2, 6, 4, 3), 1, epsilon=1e-3)
    yield group_norm((1, 64, 2, 2), 16)
    yield group_norm((1, 4, 1, 2), 4)
    yield plain_batch_norm((2, 17, 3, 2))


def activation_cases():
    kinds = [
        ("relu", {}, torch.relu),
        ("leaky_relu", {"slope": 0.01}, lambda x: functional.leaky_relu(x, 0.01)),
        ("leaky_relu", {"slope": 0.1}, lambda x: functional.leaky_relu(x, 0.1)),
        ("relu6", {}, functional.relu6),
        ("silu", {}, functional.silu),
        ("hard_swish", {}, functional.hardswish),
        ("sigmoid", {}, torch.sigmoid),
        ("gelu", {}, functional.gelu),
        ("hard_sigmoid", {}, functional.hardsigmoid),
    ]
    differentiated = [
        ("hard_tanh", {"minimum": -1.5, "maximum": 0.5}, lambda x: functional.hardtanh(x, -1.5, 0.5)),
        ("elu", {"alpha": 1.0}, functional.elu),
        ("elu", {"alpha": 0.3}, lambda x: functional.elu(x, 0.3)),
        ("selu", {}, functional.selu),
        ("tanh", {}, torch.tanh),
        ("mish", {}, functional.mish),
        ("gelu_tanh", {}, lambda x: functional.gelu(x, approximate="tanh")),
    ]  # fmt: skip
    for op, attributes, compute in kinds:
        yield OpCase(op, attributes, [Filled("input", (2, 3, 4, 5), -8, 16)], compute)
        yield OpCase(op, attributes, [Filled("input", (3, 7), -1, 2)], compute)
        yield OpCase(op, attributes, [Given("input", torch.tensor(EDGES * 3).view(1, 3, 2, 11).numpy())], compute)
    for shape, slopes in (((2, 3, 4, 5), 3), ((1, 17, 3, 3), 1), ((3, 7), 7), ((2, 5), 1)):
        yield OpCase("prelu", {}, [Filled("input", shape, -2, 4), Filled("weight", (slopes,), -0.5, 1)], functional.prelu, gradients=True)
    specials = [Given("input", torch.tensor(EDGES).view(1, 11, 1, 2).numpy()), Filled("weight", (11,), 0.1, 1)]
    yield OpCase("prelu", {}, specials, functional.prelu)
    for op, attributes, compute in differentiated:
        yield OpCase(op, attributes, [Filled("input", (2, 3, 4, 5), -8, 16)], compute, gradients=True)
        yield OpCase(op, attributes, [Filled("input", (3, 7), -1, 2)], compute, gradients=True)
        yield OpCase(op, attributes, [Given("input", torch.tensor(EDGES * 3).view(1, 3, 2, 11).numpy())], compute)


def arithmetic_cases():
    shape = (2, 5, 3, 4)
    specials = Given("input", torch.tensor([INF, INF, -INF, NAN, 0.0, -0.0, 3e38]).view(1, 7).numpy())
    others = Given("input", torch.tensor([INF, -INF, -INF, 1.0, INF, -0.0, 3e38]).view(1, 7).numpy())
    yield OpCase("add", {}, [Filled("input", shape, -1, 2), Filled("input", shape, -100, 200)], torch.add)
    yield OpCase("add", {}, [Filled("input", (1, 16, 7, 3), -1, 2) for _ in range(3)], lambda a, b, c: a + b + c)
    yield OpCase("add", {}, [specials, others], torch.add)
    yield OpCase("multiply", {}, [Filled("input", shape, -1, 2), Filled("input", shape, -3, 6)], torch.mul)
    yield OpCase("multiply", {}, [Filled("input", shape, -1, 2), Filled("input", (2, 5, 1, 1), -3, 6)], torch.mul)
    yield OpCase("multiply", {}, [Filled("input", (1, 17, 2, 3), -1, 2), Filled("input", (1, 17, 1, 1), 0, 1)], torch.mul)
    yield OpCase("multiply", {}, [specials, others], torch.mul)


def quantize(values, scale, zero_point):
    """PyTorch multiplies by 1/scale, which is a division only for powers of two."""
    arguments = [values, Given("scale", numpy.array([scale], "<f4")), Given("zero_point", numpy.array([zero_point], "<f4"))]

    def compute(x, scale, zero_point):
        return torch.fake_quantize_per_tensor_affine(x.float(), float(scale), int(zero_point), 0, 255).double()

    return OpCase("quantize", {}, arguments, compute)


def quantize_cases():
    ties = Given("input", (numpy.arange(-40, 8, dtype="<f4") * 0.125).reshape(1, 3, 4, 4))
    yield quantize(ties, 0.25, 7)
    yield quantize(Filled("input", (2, 5, 3, 4), -3, 6), 2.0**-6, 131)
    yield quantize(Filled("input", (3, 17), -1, 5), 2.0**-7, 0)
    yield quantize(Filled("input", (3, 17), -5, 6), 2.0**-5, 255)


def channel_shuffle(x, groups):
    batch, channels, height, width = x.shape
    return x.view(batch, groups, channels // groups, height, width).transpose(1, 2).reshape(x.shape)


def channel_cases():
    def maps(*channels):
        return [Filled("input", (2, c, 3, 4), -1, 2) for c in channels]

    yield OpCase("concat", {}, maps(3, 5), lambda *x: torch.cat(x, 1))
    yield OpCase("concat", {}, maps(1, 16, 2, 7), lambda *x: torch.cat(x, 1))
    yield OpCase("concat", {}, [Filled("input", (2, n), -1, 2) for n in (4, 3)], lambda *x: torch.cat(x, 1))
    for channels, start, count in ((8, 0, 4), (8, 4, 4), (19, 5, 9)):
        yield OpCase("channel_slice", {"start": start, "count": count}, maps(channels), lambda x, a=start, n=count: x[:, a : a + n])
    for channels, groups in ((8, 2), (12, 3), (58, 2), (6, 1), (5, 5)):
        yield OpCase("channel_shuffle", {"groups": groups}, maps(channels), lambda x, g=groups: channel_shuffle(x, g))
    for before, after in ((8, 8), (1, 3), (0, 2)):
        pads = (0, 0, 0, 0, before, after)
        yield OpCase("pad_channels", {"before": before, "after": after}, maps(4), lambda x, p=pads: functional.pad(x, p))
    yield OpCase("flatten", {}, maps(3), lambda x: x.flatten(1))


def pad(shape, sides):
    arguments = [Filled("input", shape, -1, 2), Filled("value", (shape[1],), -2, 4)]

    def compute(x, value):
        y = value.view(1, -1, 1, 1) + torch.zeros_like(pad_map(x, sides))
        top, left = sides[:2]
        y[:, :, top : top + x.shape[2], left : left + x.shape[3]] = x
        return y

    return OpCase("pad", {"padding": sides}, arguments, compute)


def edge_pad(shape, sides, mode):
    top, left, bottom, right = sides

    def compute(x):
        return functional.pad(x, (left, right, top, bottom), mode=mode)

    return OpCase("pad", {"padding": sides, "mode": mode}, [Filled("input", shape, -1, 2)], compute, gradients=True)


def pad_cases():
    yield pad((2, 3, 4, 5), [1, 1, 1, 1])
    yield pad((1, 17, 2, 3), [0, 1, 2, 3])
    yield pad((1, 2, 3, 3), [3, 0, 0, 0])
    for mode in ("reflect", "replicate"):
        yield edge_pad((2, 3, 4, 5), [1, 1, 1, 1], mode)
        yield edge_pad((1, 17, 2, 5), [0, 1, 1, 4], mode)
        yield edge_pad((1, 2, 4, 3), [3, 0, 0, 2], mode)
        yield edge_pad((1, 2, 3, 3), [0, 0, 0, 0], mode)
    yield edge_pad((2, 3, 1, 2), [3, 5, 2, 0], "replicate")


def channel_conv1d(x, weight):
    """timm 0.9.16, layers/eca.py, EcaModule.conv: the channels are the sequence."""
    y = functional.conv1d(x.flatten(1).unsqueeze(1), weight, padding=(weight.shape[-1] - 1) // 2)
    return y.view(x.shape)


def channel_conv1d_cases():
    for shape, kernel in (((2, 16, 1, 1), 3), ((3, 37, 1, 1), 5), ((1, 2, 1, 1), 5), ((2, 9), 1), ((2, 33), 7)):
        arguments = [Filled("input", shape, -1, 2), Filled("weight", (1, 1, kernel), -1, 2)]
        yield OpCase("channel_conv1d", {}, arguments, channel_conv1d, gradients=True)


def linear_cases():
    for batch, inputs, outputs, bias in ((1, 1, 1, True), (2, 5, 3, True), (1, 64, 10, True), (3, 33, 17, False), (4, 100, 48, True)):
        arguments = [Filled("input", (batch, inputs), -1, 2), Filled("weight", (outputs, inputs), -0.5, 1)]
        if bias:
            arguments.append(Filled("bias", (outputs,), -1, 2))
        yield OpCase("linear", {"bias": bias}, arguments, functional.linear)
    special = with_values(Filled("input", (3, 6), -1, 2), {1: NAN, 7: INF, 13: INF, 14: -INF})
    yield OpCase("linear", {"bias": False}, [special, Filled("weight", (4, 6), -0.5, 1)], functional.linear)


def softmax_cases():
    yield OpCase("softmax", {}, [Filled("input", (3, 10), -5, 10)], lambda x: x.softmax(1))
    yield OpCase("softmax", {}, [Filled("input", (1, 1000), -30, 60)], lambda x: x.softmax(1))
    rows = [[1e4, 1e4, -1e4], [-1e4, -1e4 - 1, -3e38], [0.0, -INF, 0.0], [NAN, 0.0, 1.0], [INF, 0.0, 1.0], [-INF] * 3]
    yield OpCase("softmax", {}, [Given("input", torch.tensor(rows).numpy())], lambda x: x.softmax(1))


def radix_softmax(x, radix):
    """timm 0.9.16, layers/split_attn.py, RadixSoftmax with cardinality 1, and selective_kernel.py, SelectiveKernelAttn."""
    return x.reshape(x.shape[0], radix, -1).softmax(1).view(x.shape)


def radix_softmax_cases():
    for shape, radix in (((2, 32, 1, 1), 2), ((1, 51, 1, 1), 3), ((3, 6, 2, 3), 2), ((2, 5, 1, 1), 1), ((2, 12), 4)):
        yield OpCase("radix_softmax", {"radix": radix}, [Filled("input", shape, -5, 10)], lambda x, r=radix: radix_softmax(x, r), gradients=True)
    rows = [[1e4, 0.0, -1e4, 1.0], [-1e4, NAN, -3e38, 1.0], [0.0, -INF, 0.0, -INF], [INF, 0.0, 1.0, -INF]]
    yield OpCase("radix_softmax", {"radix": 2}, [Given("input", torch.tensor(rows).numpy())], lambda x: radix_softmax(x, 2))


def differentiated_cases():
    """Norms and standardized weights whose gradients are asked for too, and roundings that are trained."""
    channels = [case for case in channel_norm_cases() if case.arguments[0].shape[1] > 1]  # of one channel the gradient is 0, and PyTorch's a rounding error
    cases = [*standardized_cases(), *channels, batch_norm_of_the_batch((4, 5, 3, 2)), batch_norm_of_the_batch((3, 17, 2, 2), affine=False), batch_norm_of_the_batch((6, 4), affine=False, epsilon=1e-2)]
    return [*(replace(case, gradients=True) for case in cases), *quantize_training_cases()]


ALL = {
    "conv2d": conv2d_cases,
    "norms": norm_cases,
    "channel_norms": channel_norm_cases,
    "activations": activation_cases,
    "arithmetic": arithmetic_cases,
    "quantize": quantize_cases,
    "channels": channel_cases,
    "pad": pad_cases,
    "max_pool": max_pool_cases,
    "average_pool": average_pool_cases,
    "adaptive_average_pool": adaptive_average_pool_cases,
    "adaptive_max_pool": adaptive_max_pool_cases,
    "blur_pool": blur_pool_cases,
    "channel_conv1d": channel_conv1d_cases,
    "linear": linear_cases,
    "softmax": softmax_cases,
    "radix_softmax": radix_softmax_cases,
    "gradients": differentiated_cases,
}
