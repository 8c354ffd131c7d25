using Espalier.Graphs;
using ILGPU;

namespace Espalier.Accelerated;

/// <summary>A linear layer: a product whose columns are samples.</summary>
internal sealed class LinearOp : DeviceOp
{
    private const int SamplesEach = 1024; // of a weight's gradient, which a group of threads adds up

    private readonly Linear _op;
    private readonly FilterTransform _filters;
    private readonly ArrayView<float> _packed; // a row for each input, so that neighbouring threads read neighbouring weights
    private long _version = -1;

    internal LinearOp(Device device, Graph graph, Node node) : base(device, graph, node)
    {
        _op = (Linear)node.Op;
        _filters = new FilterTransform(device, node.Op, Allocate);
        _packed = Allocate(_op.Parameters[0].Shape.Count);
    }

    internal override bool HasEpilogue => true;

    internal override void Forward(ForwardCall call)
    {
        Pack(call);
        var left = new Matrix(_packed, 1, _op.OutFeatures);
        var right = new Matrix(call.Inputs[0], _op.InFeatures, 1);
        var result = new MapResult(call.Output, call.Parameter("bias"), call.Residual, call.Activation, _op.OutFeatures, 1, _op.OutFeatures);
        Product.Start(Device, new ProductArguments<Matrix, Matrix, MapResult>(left, right, result, _op.OutFeatures, call.Samples, _op.InFeatures));
    }

    internal override void Backward(BackwardCall call)
    {
        ArrayView<float> weight = Pack(call.Forward);
        if (call.InputGradients[0].IsNeeded)
        {
            var left = new Matrix(weight, 1, _op.InFeatures);
            var right = new Matrix(call.Gradient, _op.OutFeatures, 1);
            var result = new MapGradient(call.InputGradients[0], _op.InFeatures, 1, _op.InFeatures);
            Product.Start(Device, new ProductArguments<Matrix, Matrix, MapGradient>(left, right, result, _op.InFeatures, call.Samples, _op.OutFeatures));
        }

        if (call.ParameterGradient("bias") is { Length: > 0 } bias)
        {
            ChannelSums.Add(Device, call.Gradient, call.Samples, OutputShape, bias);
        }

        _filters.Backward(call, (gradient, adds) => OfWeight(call, gradient, adds));
    }

    private ArrayView<float> Pack(ForwardCall call)
    {
        ArrayView<float> weight = _filters.Weight(call);
        if (_version != call.Version)
        {
            Device.Run(Layouts.Transpose, weight.Length, new Layouts.Transposed(weight, _packed, _op.OutFeatures, _op.InFeatures));
        }

        _version = call.Version;
        return weight;
    }

    private void OfWeight(BackwardCall call, ArrayView<float> gradient, bool adds)
    {
        int splits = (call.Samples + SamplesEach - 1) / SamplesEach;
        ArrayView<float> sums = Device.Scratch(gradient.Length * splits);
        var left = new Matrix(call.Gradient, 1, _op.OutFeatures);
        var right = new Matrix(call.Forward.Inputs[0], 1, _op.InFeatures);
        var result = new PartialSums(sums, _op.OutFeatures, _op.InFeatures, 1);
        Product.Start(Device, new ProductArguments<Matrix, Matrix, PartialSums>(left, right, result, _op.OutFeatures, _op.InFeatures, call.Samples) { Splits = splits });
        Reductions.AddRows(Device, sums, splits, gradient, adds);
    }
}
