using Espalier.Graphs;
using Espalier.Tensors;
using ILGPU;

namespace Espalier.Accelerated;

/// <summary>A convolution: products whose operands are computed as they are read, or, for groups of few channels, a thread for each element.</summary>
internal sealed class ConvolutionOp : DeviceOp
{
    private const int FewChannels = 16; // less than half of the smallest tile
    private const int TermsEach = 4096; // of a weight's gradient, which a group of threads adds up
    private const int Lanes = 64;

    private readonly Conv2d _op;
    private readonly ConvolutionShape _shape;
    private readonly FilterTransform _filters;
    private readonly ArrayView<Tap> _outputTaps;
    private readonly ArrayView<float> _packed; // a row for each term, so that neighbouring threads read neighbouring weights
    private readonly bool _isDirect;
    private ArrayView<Tap> _inputTaps;
    private long _version = -1;

    internal ConvolutionOp(Device device, Graph graph, Node node) : base(device, graph, node)
    {
        _op = (Conv2d)node.Op;
        _shape = new ConvolutionShape(_op, InputShape(), OutputShape);
        _isDirect = _op.Groups > 1 && Math.Min(_shape.OutEach, _shape.InEach * _shape.Area) < FewChannels;
        _outputTaps = Upload<Tap>(ConvolutionShape.OutputTaps(_op, InputShape()));
        _filters = new FilterTransform(device, node.Op, Allocate);
        _packed = _isDirect ? default : Allocate(_op.Parameters[0].Shape.Count);
    }

    internal override bool HasEpilogue => true;

    private int Terms => _shape.InEach * _shape.Area;

    internal override void Forward(ForwardCall call)
    {
        ArrayView<float> weight = Weight(call);
        var input = new ImageColumns(call.Inputs[0], _outputTaps, _shape);
        var result = new MapResult(call.Output, call.Parameter("bias"), call.Residual, call.Activation, _shape.OutEach, _shape.OutPixels, _shape.OutLength);
        if (_isDirect)
        {
            Device.Run(DirectConvolution.Run, (long)call.Samples * _shape.OutLength, new DirectConvolution.Forward(input, weight, result, _shape, _op.Groups));
            return;
        }

        var left = new Matrix(_packed, 1, _shape.OutEach, _shape.OutEach * Terms);
        Product.Start(Device, new ProductArguments<Matrix, ImageColumns, MapResult>(left, input, result, _shape.OutEach, Columns(call.Samples, _shape.OutPixels), Terms) { Parts = _op.Groups });
    }

    internal override void Backward(BackwardCall call)
    {
        ArrayView<float> weight = Weight(call.Forward);
        if (call.InputGradients[0].IsNeeded)
        {
            OfInput(call, weight);
        }

        ArrayView<float> weightGradient = call.ParameterGradient("weight"), biasGradient = call.ParameterGradient("bias");
        if (biasGradient.Length > 0)
        {
            ChannelSums.Add(Device, call.Gradient, call.Samples, OutputShape, biasGradient);
        }

        if (weightGradient.Length > 0 || call.ParameterGradient(QuantizedLayer.ScaleRole).Length > 0)
        {
            _filters.Backward(call, (gradient, adds) => OfWeight(call, gradient, adds));
        }
    }

    // What is multiplied, and in its packed form, as of the parameters' version.
    private ArrayView<float> Weight(ForwardCall call)
    {
        ArrayView<float> weight = _filters.Weight(call);
        if (_version != call.Version && !_isDirect)
        {
            Device.Run(Layouts.Transpose, weight.Length, new Layouts.Transposed(weight, _packed, _shape.OutEach, Terms));
        }

        _version = call.Version;
        return weight;
    }

    private void OfInput(BackwardCall call, ArrayView<float> weight)
    {
        if (_inputTaps.Length == 0)
        {
            _inputTaps = Upload<Tap>(ConvolutionShape.InputTaps(_op, OutputShape));
        }

        var left = new TransposedWeights(weight, _inputTaps, _shape);
        var right = new GradientColumns(call.Gradient, _inputTaps, _shape);
        var result = new MapGradient(call.InputGradients[0], _shape.InEach, _shape.Pixels, _shape.InLength);
        if (_isDirect)
        {
            Device.Run(DirectConvolution.Run, (long)call.Samples * _shape.InLength, new DirectConvolution.InputGradient(right, left, result, _shape, _op.Groups));
            return;
        }

        Product.Start(
            Device,
            new ProductArguments<TransposedWeights, GradientColumns, MapGradient>(left, right, result, _shape.InEach, Columns(call.Samples, _shape.Pixels), _shape.OutEach * _shape.Area) { Parts = _op.Groups });
    }

    private void OfWeight(BackwardCall call, ArrayView<float> gradient, bool adds)
    {
        int terms = Columns(call.Samples, _shape.OutPixels);
        var left = new GradientRows(call.Gradient, _shape);
        var right = new ImageRows(call.Forward.Inputs[0], _outputTaps, _shape);
        if (_isDirect)
        {
            ArrayView<float> lanes = Device.Scratch(gradient.Length * Lanes);
            Device.Run(DirectConvolution.Run, lanes.Length, new DirectConvolution.WeightGradient(left, right, lanes, _shape, terms, Lanes));
            Reductions.AddRows(Device, lanes, Lanes, gradient, adds);
            return;
        }

        int splits = (terms + TermsEach - 1) / TermsEach;
        ArrayView<float> sums = Device.Scratch(gradient.Length * splits);
        var result = new PartialSums(sums, _shape.OutEach, Terms, _op.Groups);
        Product.Start(
            Device, new ProductArguments<GradientRows, ImageRows, PartialSums>(left, right, result, _shape.OutEach, Terms, terms) { Parts = _op.Groups, Splits = splits });
        Reductions.AddRows(Device, sums, splits, gradient, adds);
    }

    private static int Columns(int samples, int pixels) => (long)samples * pixels <= int.MaxValue
        ? samples * pixels
        : throw new EspalierException($"{samples} samples of {pixels} pixels are more than a device counts; use a smaller batch.");
}
