"""Parameters and inputs from a formula: the Python twin of tests/Espalier.Testing/CounterFill.cs, bit for bit.

Every number is a pure function of (seed, stream name, index), so that PyTorch and C# can hold the same network without sharing
a file. The generator is src/Espalier.Tensors/CounterRandom.cs: the finaliser of SplitMix64 (Steele, Lea, Flood 2014) over a Weyl
sequence, with the stream's name hashed by FNV-1a. README.md next to this file documents the formula.

Run as a program, it writes fixtures/counter_fill.tsv, which a C# test compares with its own numbers.
"""

import math
import sys
from pathlib import Path

import numpy

FIXTURES = Path(__file__).resolve().parent / "fixtures"
SEED = 1

_MASK = (1 << 64) - 1
_GOLDEN_GAMMA = 0x9E3779B97F4A7C15  # 2^64 / phi, odd: the increment of SplitMix64
_FNV_OFFSET_BASIS = 0xCBF29CE484222325
_FNV_PRIME = 0x100000001B3


def _mix(z):
    """SplitMix64's finaliser on one Python integer."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def _mix_all(z):
    """SplitMix64's finaliser on an array of uint64, in place."""
    z ^= z >> numpy.uint64(30)
    z *= numpy.uint64(0xBF58476D1CE4E5B9)
    z ^= z >> numpy.uint64(27)
    z *= numpy.uint64(0x94D049BB133111EB)
    z ^= z >> numpy.uint64(31)
    return z


def stream_key(name, seed=SEED):
    """The key of CounterRandom(seed).Stream(name): FNV-1a over UTF-16 code units, mixed with the seed's key."""
    digest = _FNV_OFFSET_BASIS
    encoded = name.encode("utf-16-le")
    for low, high in zip(encoded[0::2], encoded[1::2]):
        digest = ((digest ^ (low | high << 8)) * _FNV_PRIME) & _MASK
    return _mix(_mix((seed + _GOLDEN_GAMMA) & _MASK) ^ digest)


def uniform(name, count, seed=SEED):
    """The first `count` numbers in [0, 1) of the stream `name`, with 53 random bits each, as float64."""
    bits = numpy.arange(1, count + 1, dtype=numpy.uint64)
    bits *= numpy.uint64(_GOLDEN_GAMMA)
    bits += numpy.uint64(stream_key(name, seed))
    return (_mix_all(bits) >> numpy.uint64(11)) * (1.0 / (1 << 53))


def fill(stream, shape, low, width):
    """A float32 array with low + width * u, computed in float64 and rounded once."""
    return (low + width * uniform(stream, math.prod(shape))).astype(numpy.float32).reshape(shape)


def parameter(name, shape, norm_gain=1.0):
    """The array that the formula gives the parameter `name`; `norm_gain` multiplies the weights of norms (rank 1) in float32."""
    shape = tuple(shape)
    if name.endswith("num_batches_tracked"):
        return numpy.zeros(shape, dtype=numpy.int64)
    if name.endswith("running_var"):
        return fill(name, shape, 0.5, 1.0)
    if name.endswith(("running_mean", "bias")):
        return fill(name, shape, -0.1, 0.2)
    if name.endswith("layer_scale"):
        return fill(name, shape, 0.5, 0.6)
    if len(shape) < 2:
        return fill(name, shape, 0.5, 0.6) * numpy.float32(norm_gain)
    bound = math.sqrt(6.0 / (math.prod(shape) // shape[0]))
    return fill(name, shape, -bound, 2 * bound)


def input_array(shape):
    """The input that the formula gives: stream "input", -1 + 2u."""
    return fill("input", tuple(shape), -1.0, 2.0)


def shape_text(shape):
    """A shape as the fixtures write it: 64x3x7x7; `scalar` for rank 0."""
    return "x".join(str(extent) for extent in shape) or "scalar"


def _bits(values):
    return " ".join(f"{word:08x}" for word in values.view(numpy.uint32))


_SAMPLES = [
    ("conv1.weight", (64, 3, 7, 7)),
    ("bn1.weight", (64,)),
    ("bn1.bias", (64,)),
    ("bn1.running_mean", (64,)),
    ("bn1.running_var", (64,)),
    ("layer1.0.downsample.0.weight", (256, 64, 1, 1)),
    ("layer4.2.conv3.weight", (2048, 512, 1, 1)),
    ("fc.weight", (1000, 2048)),
    ("fc.bias", (1000,)),
    ("module.größe.𝛾.weight", (5, 3)),
    ("input", (1, 3, 224, 224)),
    ("input", (2, 3, 225, 193)),
]


def main():
    """Writes the fixture: name, shape, and the first and last values as the hexadecimal bits of a float32."""
    with open(FIXTURES / "counter_fill.tsv", "w", encoding="utf-8", newline="\n") as file:
        file.write("name\tshape\tfirst\tlast\n")
        for name, shape in _SAMPLES:
            values = (input_array(shape) if name == "input" else parameter(name, shape)).ravel()
            file.write(f"{name}\t{shape_text(shape)}\t{_bits(values[:4])}\t{_bits(values[-4:])}\n")


if __name__ == "__main__":
    sys.exit(main())
