"""Cases of roundings to 8 bits that are trained: values and scales have gradients by LSQ's own pseudocode (Esser 2020, appendix B), which autograd differentiates in float64.

PyTorch's learnable fake quantization has the same rule in float32; each case is checked against it.
"""

import math

import numpy
import torch
from torch.nn import functional

from op_case import Filled, Given, OpCase

SCALE_OF_WEIGHTS = (2.0**-8, 2.0**-9, 2.0**-7, 2.0**-8)


def grad_scale(x, factor):
    scaled = x * factor
    return (x - scaled).detach() + scaled


def round_pass(x):
    return (x.round() - x).detach() + x


def rounded(x, scale, zero_point, least, greatest, count, largest):
    scale = grad_scale(scale, 1 / math.sqrt(count * largest))
    return (torch.clamp(round_pass(x / scale) + zero_point, least, greatest) - zero_point) * scale


def check(x, scale, zero_point, least, greatest, count, largest):
    """PyTorch's kernel, in float32, has the same answer and gradients."""
    factor = 1 / math.sqrt(count * largest)
    with torch.set_grad_enabled(True):
        values = [value.detach().float().requires_grad_() for value in (x, scale)]
        zeros = torch.full_like(values[1], float(zero_point))
        if len(scale) == 1:
            theirs = torch._fake_quantize_learnable_per_tensor_affine(*values, zeros, least, greatest, factor)
        else:
            theirs = torch._fake_quantize_learnable_per_channel_affine(*values, zeros, 0, least, greatest, factor)
        ours_values = [value.detach().clone().requires_grad_() for value in (x, scale)]
        ours = rounded(ours_values[0], ours_values[1].view(-1, *[1] * (x.ndim - 1)), zero_point, least, greatest, count, largest)
        gradient = torch.linspace(-1, 1, x.numel(), dtype=torch.float64).view(x.shape)
        theirs.backward(gradient.float())
        ours.backward(gradient)
    for a, b in ((ours, theirs), *((one.grad, other.grad) for one, other in zip(ours_values, values))):
        torch.testing.assert_close(a.detach().float(), b.detach(), rtol=1e-4, atol=1e-5)


def point(values, scale, zero_point):
    arguments = [values, Given("scale", numpy.array([scale], "<f4")), Given("zero_point", numpy.array([zero_point], "<f4"))]
    settings = (zero_point, 0, 255, math.prod(values.shape[1:]), max(zero_point, 255 - zero_point))

    def compute(x, scale, zeros):
        check(x, scale, *settings)
        return rounded(x, scale, *settings) + 0 * zeros

    return OpCase("quantize", {}, arguments, compute, gradients=True)


def layer(op, attributes, shape, weight_shape, run, bias):
    arguments = [Filled("input", shape, -1, 2), Filled("weight", weight_shape, -0.5, 1)]
    if bias:
        arguments.append(Filled("bias", weight_shape[:1], -1, 2))
    arguments.append(Given("weight_scale", numpy.resize(numpy.array(SCALE_OF_WEIGHTS, "<f4"), weight_shape[:1])))
    settings = (0, -127, 127, math.prod(weight_shape[1:]), 127)

    def compute(x, weight, *others):
        check(weight, others[-1], *settings)
        scale = others[-1].view(-1, *[1] * (weight.ndim - 1))
        return run(x, rounded(weight, scale, *settings), *others[:-1])

    return OpCase(op, {**attributes, "bias": bias, "quantized_weights": True}, arguments, compute, gradients=True)


def conv2d(shape, weight_shape, stride, padding, groups, bias):
    attributes = {"kernel": list(weight_shape[2:]), "stride": [stride, stride], "padding": [padding] * 4, "dilation": [1, 1], "groups": groups}
    return layer("conv2d", attributes, shape, weight_shape, lambda x, w, b=None: functional.conv2d(x, w, b, stride, padding, 1, groups), bias)


def quantize_training_cases():
    yield point(Filled("input", (2, 5, 3, 4), -3, 6), 2.0**-6, 131)
    yield point(Filled("input", (3, 17), -1, 5), 2.0**-7, 0)
    yield point(Filled("input", (3, 17), -5, 6), 2.0**-5, 255)
    yield point(Filled("input", (2, 19, 5, 3), -1, 2), 2.0**-8, 100)
    yield conv2d((2, 3, 5, 4), (6, 3, 3, 3), 1, 1, 1, True)
    yield conv2d((1, 8, 5, 6), (12, 2, 3, 3), 2, 1, 4, False)
    yield conv2d((2, 17, 3, 4), (5, 17, 1, 1), 1, 0, 1, True)
    yield layer("linear", {}, (3, 33), (17, 33), functional.linear, True)
    yield layer("linear", {}, (2, 5), (4, 5), functional.linear, False)
