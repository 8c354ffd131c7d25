"""One case of an operation: its attributes, its arguments, and how PyTorch computes it, as one line of JSON."""

import base64
import json
from dataclasses import dataclass
from typing import Callable

import numpy
import torch

import counter_fill


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

    def to_json(self, label, differentiated=False):
        """The answer is computed in float64 on the float32 arguments and kept in float64; so are the gradients of all arguments for a gradient of the answer from the formula."""
        arguments = []
        for position, argument in enumerate(self.arguments):
            if isinstance(argument, Filled):
                argument = Filled(argument.name, argument.shape, argument.low, argument.width, f"{label}/{position}")
            arguments.append(argument)
        values = [torch.from_numpy(a.array()).double().requires_grad_(differentiated) for a in arguments]
        output = self.compute(*values)
        case = {
            "case": label,
            "op": self.op,
            "attributes": self.attributes,
            "arguments": [a.to_json() for a in arguments],
            "output": {"shape": list(output.shape), "float64": encode(output.detach().numpy(), "<f8")},
        }
        if differentiated:
            gradient = Filled("gradient", tuple(output.shape), -1, 2, f"{label}/gradient")
            output.backward(torch.from_numpy(gradient.array()).double())
            case["gradient"] = gradient.to_json()
            case["gradients"] = [encode(value.grad.numpy(), "<f8") for value in values]
        return json.dumps(case)


def encode(values, dtype):
    return base64.b64encode(numpy.ascontiguousarray(values, dtype).tobytes()).decode()
