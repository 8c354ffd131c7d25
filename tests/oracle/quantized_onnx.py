"""Writes quantized networks as other quantizers do, fixtures/quantized/. See README.md.

The files `operators_*` have the ops on integers that ONNX Runtime's quantize_static writes in its QOperator format (its documentation: "Quantize ONNX models"); `torch_*` are what PyTorch's own quantization
(eager mode) exports. What they compute is asked of ONNX Runtime when the tests run.
"""

import warnings
from pathlib import Path

import numpy
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

FIXTURES = Path(__file__).resolve().parent / "fixtures" / "quantized"
RUNTIME = "com.microsoft"
OPSET = 13


class Network:
    """A graph on integers under construction. A value is its name and its point: the names of its scale and zero point."""

    def __init__(self, shape, signed, seed):
        self.random = numpy.random.default_rng(seed)
        self.type = numpy.int8 if signed else numpy.uint8
        self.nodes, self.constants, self.shape = [], [], shape
        self.offset = -128 if signed else 0

    def constant(self, name, value):
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def point(self, name, scale, zero):
        return (
            self.constant(f"{name}_scale", numpy.float32(scale)),
            self.constant(f"{name}_zero_point", self.type(zero + self.offset)),
        )

    def node(self, op, inputs, output, domain="", **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def input(self, scale, zero):
        point = self.point("input", scale, zero)
        return self.node("QuantizeLinear", ["input", *point], "input_quantized"), point

    def weights(self, name, shape, per_channel, unsigned=False):
        spread = 2.0 / numpy.sqrt(numpy.prod(shape[1:]))
        integers = self.random.integers(-127, 128, shape)
        scale = spread / 127 * self.random.uniform(0.5, 1, shape[0]) if per_channel else numpy.array(spread / 127)
        if unsigned:
            stored, zero = (integers + 128).astype(numpy.uint8), numpy.uint8(128)
        else:
            stored = integers.astype(numpy.int8)
            zero = numpy.zeros(shape[0], numpy.int8) if per_channel else numpy.int8(0)
        scale = scale.astype(numpy.float32)
        return [
            self.constant(f"{name}_weight_quantized", stored),
            self.constant(f"{name}_weight_scale", scale),
            self.constant(f"{name}_weight_zero_point", numpy.asarray(zero)),
        ], scale

    def scale_of(self, name):
        return next(numpy_helper.to_array(tensor) for tensor in self.constants if tensor.name == name)

    def bias(self, name, outputs, value, scale):
        products = self.scale_of(value[1][0]) * scale
        return self.constant(f"{name}_bias_quantized", numpy.round(self.random.uniform(-1, 1, outputs) / products).astype(numpy.int32))

    def conv(self, name, value, shape, scale, zero, per_channel=True, unsigned=False, **attributes):
        weights, scales = self.weights(name, shape, per_channel, unsigned)
        point = self.point(name, scale, zero)
        inputs = [value[0], *value[1], *weights, *point, self.bias(name, shape[0], value, scales)]
        return self.node("QLinearConv", inputs, f"{name}_quantized", kernel_shape=shape[2:], **attributes), point

    def of(self, op, name, values, scale, zero, **attributes):
        point = self.point(name, scale, zero)
        inputs = [part for value in values for part in (value[0], *value[1])]
        inputs = [*point, *inputs] if op == "QLinearConcat" else [*inputs, *point]
        return self.node(op, inputs, f"{name}_quantized", RUNTIME, **attributes), point

    def moved(self, op, name, value, **attributes):
        return self.node(op, [value[0], *attributes.pop("more", [])], f"{name}_quantized", **attributes), value[1]

    def save(self, name, value, outputs):
        self.node("DequantizeLinear", [value[0], *value[1]], "output")
        graph = helper.make_graph(
            self.nodes,
            name,
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", *self.shape])],
            [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", outputs])],
            self.constants,
        )
        sets = [helper.make_opsetid("", OPSET), helper.make_opsetid(RUNTIME, 1)]
        model = helper.make_model(graph, producer_name="onnx.quantize", opset_imports=sets)
        model.ir_version = 7
        onnx.save(model, FIXTURES / f"{name}.onnx")


def residual(name, signed):
    """A residual network: a weight scale for each channel, max pooling and flattening of integers, a layer with a bias."""
    net = Network([3, 14, 12], signed, 1)
    x = net.conv("conv1", net.input(4 / 255, 128), [8, 3, 3, 3], 3 / 255, 0, pads=[1, 1, 1, 1])
    x = net.moved("MaxPool", "pool", x, kernel_shape=[2, 2], strides=[2, 2])
    y = net.conv("conv2", x, [8, 8, 3, 3], 3 / 255, 0, pads=[1, 1, 1, 1])
    y = net.conv("conv3", y, [8, 4, 1, 1], 6 / 255, 120, group=2)
    x = net.of("QLinearAdd", "sum", [y, x], 5 / 255, 0)
    x = net.of("QLinearGlobalAveragePool", "mean", [x], 3 / 255, 0)
    x = net.moved("Flatten", "flatten", x, axis=1)
    weights, scales = net.weights("fc", [5, 8], True)
    point = net.point("fc", 8 / 255, 100)
    bias = net.bias("fc", 5, x, scales)
    x = net.node("QGemm", [x[0], *x[1], *weights, bias, *point], "fc_quantized", RUNTIME, transB=1), point
    net.save(name, x, 5)


def branches(name, signed):
    """Concatenation, a gate, an average pool, activations, a channel shuffle of integers, one weight scale for all channels, a product of matrices and the sum that follows."""
    net = Network([4, 9, 10], signed, 2)
    x = net.conv("conv1", net.input(4 / 255, 128), [8, 4, 3, 3], 6 / 255, 110, per_channel=False, unsigned=not signed)
    a = net.of("QLinearLeakyRelu", "leaky", [x], 4 / 255, 30, alpha=0.1)
    b = net.of("QLinearAveragePool", "average", [x], 5 / 255, 120, kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1], count_include_pad=1)
    x = net.of("QLinearConcat", "concat", [a, b], 5 / 255, 100, axis=1)
    shape = net.constant("split", numpy.array([0, 2, 8, 7, 8], numpy.int64))
    x = net.moved("Reshape", "groups", x, more=[shape])
    x = net.moved("Transpose", "swapped", x, perm=[0, 2, 1, 3, 4])
    x = net.moved("Reshape", "shuffled", x, more=[net.constant("joined", numpy.array([0, 16, 7, 8], numpy.int64))])
    gate = net.of("QLinearGlobalAveragePool", "squeeze", [x], 3 / 255, 128)
    gate = net.conv("excite", gate, [16, 16, 1, 1], 6 / 255, 128)
    gate = net.of("QLinearSigmoid", "sigmoid", [gate], 1 / 256, 0)
    x = net.of("QLinearMul", "gated", [x, gate], 4 / 255, 100)
    x = net.of("QLinearGlobalAveragePool", "mean", [x], 2 / 255, 128)
    x = net.moved("Flatten", "flatten", x, axis=1)
    integers = net.random.integers(-127, 128, [16, 6]).astype(numpy.int8)
    weights = [net.constant("fc_weight_quantized", integers), net.constant("fc_weight_scale", numpy.float32(0.004)), net.constant("fc_weight_zero_point", numpy.int8(0))]
    point = net.point("product", 8 / 255, 128)
    x = net.node("QLinearMatMul", [x[0], *x[1], *weights, *point], "product_quantized"), point
    bias = net.constant("fc_bias", (net.random.integers(0, 256, 6) + net.offset).astype(net.type)), net.point("fc_bias", 2 / 255, 128)
    net.save(name, net.of("QLinearAdd", "fc", [x, bias], 8 / 255, 128), 6)


class Residual(nn.Module):
    """With the modules that PyTorch's quantization needs."""

    def __init__(self):
        super().__init__()
        self.quant, self.dequant = torch.ao.quantization.QuantStub(), torch.ao.quantization.DeQuantStub()
        self.conv1, self.relu = nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU()
        self.conv2, self.relu2, self.conv3 = nn.Conv2d(8, 8, 3, 1, 1), nn.ReLU(), nn.Conv2d(8, 8, 1)
        self.sum = torch.ao.nn.quantized.FloatFunctional()
        self.pool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(8, 5)

    def forward(self, x):
        x = self.relu(self.conv1(self.quant(x)))
        x = self.sum.add_relu(self.conv3(self.relu2(self.conv2(x))), x)
        return self.dequant(self.fc(torch.flatten(self.pool(x), 1)))


def fake(name, per_channel):
    """PyTorch's quantization-aware training in eager mode, before conversion: roundings of activations and of weights in floating point."""
    torch.manual_seed(1)
    quantization = torch.ao.quantization
    model = quantization.fuse_modules(Residual().eval(), [["conv1", "relu"], ["conv2", "relu2"]]).train()
    weight = quantization.default_per_channel_weight_fake_quant if per_channel else quantization.default_weight_fake_quant
    activation = quantization.FakeQuantize.with_args(observer=quantization.MovingAverageMinMaxObserver, quant_min=0, quant_max=255, dtype=torch.quint8)
    model.qconfig = quantization.QConfig(activation=activation, weight=weight)
    quantization.prepare_qat(model, inplace=True)
    samples = torch.randn(8, 3, 12, 10)
    model(samples)
    model.eval()
    model.apply(quantization.disable_observer)
    path = FIXTURES / f"{name}.onnx"
    torch.onnx.export(model, samples[:1], path, opset_version=OPSET, input_names=["input"], output_names=["output"], dynamic_axes={"input": {0: "batch"}})


def main():
    warnings.filterwarnings("ignore")
    FIXTURES.mkdir(parents=True, exist_ok=True)
    residual("operators_residual", signed=False)
    residual("operators_residual_signed", signed=True)
    branches("operators_branches", signed=False)
    branches("operators_branches_signed", signed=True)
    fake("torch_channels", per_channel=True)
    fake("torch_layers", per_channel=False)


if __name__ == "__main__":
    main()
