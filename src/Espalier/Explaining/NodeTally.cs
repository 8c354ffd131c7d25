using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Accumulates the output of a node, image by image.</summary>
/// <param name="node">The node.</param>
/// <param name="shape">The shape of its output for one image.</param>
/// <param name="keepsNorms">Whether the norm of the output is kept for each image.</param>
internal sealed class NodeTally(Node node, Shape shape, bool keepsNorms)
{
    private readonly HistogramTally _histogram = new();
    private readonly bool[] _isAlive = new bool[shape[0]];
    private readonly List<double> _norms = [];
    private double _sum;
    private double _squares;
    private long _zeros;
    private long _count;

    /// <summary>The L2 norm of the output for each image.</summary>
    internal IReadOnlyList<double> Norms => _norms;

    /// <summary>Adds the output for a batch.</summary>
    /// <param name="output">Float32, [batch, …shape].</param>
    /// <param name="nameOf">The name of an image of the batch.</param>
    /// <exception cref="EspalierException">A value is not finite.</exception>
    internal void Add(Tensor output, Func<int, string> nameOf)
    {
        ReadOnlySpan<float> values = output.Read<float>();
        int length = (int)shape.Count;
        for (int image = 0; image < output.Shape[0]; image++)
        {
            Add(values.Slice(image * length, length), () => nameOf(image));
        }
    }

    internal NodeActivations ToActivations() => new()
    {
        Name = node.Name,
        Kind = node.Op.Kind,
        Shape = shape,
        Count = _count,
        Mean = _sum / _count,
        Deviation = Moments.DeviationOf(_sum, _squares, _count),
        Least = _histogram.Least,
        Greatest = _histogram.Greatest,
        Zeros = _zeros,
        Histogram = _histogram.ToHistogram(),
        DeadChannels = CanDie(node.Op) ? [.. _isAlive.Index().Where(channel => !channel.Item).Select(channel => channel.Index)] : null,
    };

    private void Add(ReadOnlySpan<float> values, Func<string> name)
    {
        int plane = values.Length / _isAlive.Length;
        double squares = 0;
        for (int channel = 0; channel < _isAlive.Length; channel++)
        {
            ReadOnlySpan<float> own = values.Slice(channel * plane, plane);
            var moments = new Moments(own);
            RequireFinite(own, moments, channel, name);
            _histogram.Add(own, moments.Least, moments.Greatest);
            _isAlive[channel] |= moments.Greatest > 0;
            _sum += moments.Sum;
            squares += moments.Squares;
            _zeros += moments.Zeros;
        }

        _squares += squares;
        _count += values.Length;
        if (keepsNorms)
        {
            _norms.Add(Math.Sqrt(squares));
        }
    }

    private void RequireFinite(ReadOnlySpan<float> values, in Moments moments, int channel, Func<string> name)
    {
        if (!double.IsFinite(moments.Sum))
        {
            float fault = values[NonFinite.IndexOf(values)];
            throw new EspalierException(FormattableString.Invariant($"'{node.Name}' ({node.Op.Kind}) has the value {fault} in channel {channel} for {name()}; expected finite values"));
        }
    }

    /// <summary>Whether a channel that is never above 0 hardly affects the network: the activation is 0, or nears 0, for negative numbers.</summary>
    private static bool CanDie(Op op) => op is ActivationOp activation && activation.Activation.Kind switch
    {
        ActivationKind.Relu or ActivationKind.Relu6 or ActivationKind.Silu or ActivationKind.HardSwish or ActivationKind.HardSigmoid or ActivationKind.Gelu or ActivationKind.GeluTanh
            or ActivationKind.Mish => true,
        ActivationKind.Identity or ActivationKind.LeakyRelu or ActivationKind.Sigmoid or ActivationKind.HardTanh or ActivationKind.Elu or ActivationKind.Selu or ActivationKind.Tanh => false,
    };
}
