"""One case of an operation: its attributes, its arguments, and how PyTorch computes it, as one line of JSON."""

import base64
import json
import math
from dataclasses import dataclass
from typing import Callable

import numpy
import torch
from torch.nn import functional

import counter_fill

NAN, INF = math.nan, math.inf


@dataclass(frozen=True)
class Filled:
    """An argument from the formula; the case gives its stream."""

    name: str
    shape: tuple
    low: float
    width: float
    stream: str = ""

    def array(self):
        return counter_fill.fill(self.stream, self.shape, self.low, self.width)

    def to_json(self):
        return {"name": self.name, "shape": list(self.shape), "stream": self.stream, "low": self.low, "width": self.width}


@dataclass(frozen=True)
class Given:
    """An argument whose float32 values are in the file."""

    name: str
    values: numpy.ndarray

    def array(self):
        return self.values

    def to_json(self):
        return {"name": self.name, "shape": list(self.values.shape), "float32": encode(self.values, "<f4")}


@dataclass(frozen=True)
class OpCase:
    """An operation under Espalier's name for it, its attributes and arguments, and PyTorch's computation of it."""

    op: str
    attributes: dict
    arguments: list
    compute: Callable
    gradients: bool = False

    def to_json(self, label):
        """The answer is computed in float64 on the float32 arguments and kept in float64; so are the gradients of all arguments, if they are asked for, for a gradient of the answer from the formula."""
        arguments = []
        for position, argument in enumerate(self.arguments):
            if isinstance(argument, Filled):
                argument = Filled(argument.name, argument.shape, argument.low, argument.width, f"{label}/{position}")
            arguments.append(argument)
        values = [torch.from_numpy(a.array()).double().requires_grad_(self.gradients) for a in arguments]
        with torch.set_grad_enabled(self.gradients):
            output = self.compute(*values)
        answer = {
            "case": label,
            "op": self.op,
            "attributes": self.attributes,
            "arguments": [a.to_json() for a in arguments],
            "output": {"shape": list(output.shape), "float64": encode(output.detach().numpy(), "<f8")},
        }
        if self.gradients:
            gradient = Filled("gradient", tuple(output.shape), -1, 2, f"{label}/gradient")
            output.backward(torch.from_numpy(gradient.array()).double())
            answer["gradients"] = {"output": gradient.to_json(), "arguments": [encode(value.grad.numpy(), "<f8") for value in values]}
        return json.dumps(answer)


def encode(values, dtype):
    return base64.b64encode(numpy.ascontiguousarray(values, dtype).tobytes()).decode()


def sides_of(padding):
    """Top, left, bottom, right from one number, a pair (height, width), or all four."""
    if isinstance(padding, int):
        return [padding] * 4
    return [*padding, *padding] if len(padding) == 2 else list(padding)


def pair_of(value):
    return [value, value] if isinstance(value, int) else list(value)


def pad_map(x, sides, value=0.0):
    top, left, bottom, right = sides
    return functional.pad(x, (left, right, top, bottom), value=value)


def with_values(values, where):
    """A copy of a fill's values with some elements replaced: {flat index: value}."""
    flat = values.array().ravel().copy()
    for index, value in where.items():
        flat[index] = value
    return Given(values.name, flat.reshape(values.shape))
