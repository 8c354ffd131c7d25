using System.Runtime.InteropServices;
using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

/// <summary>One batch norm in training mode with its numbers in guarded memory, run forward and backward.</summary>
internal sealed class BatchNormRun
{
    private const float Eps = 1e-5f;
    private readonly MapCase _map;
    private readonly BatchNormProblem _problem;
    private readonly BatchNormTraining _kernel;
    private readonly bool _hasParameters;
    private readonly float[] _input, _residual, _gradient, _weight, _bias;

    internal BatchNormRun(MapCase map, int lanes, bool relu, bool residual, bool hasParameters, float mean = 0)
    {
        (_map, _hasParameters) = (map, hasParameters);
        BlockedLayout input = map.InputLayout(lanes);
        BlockedLayout output = map.OutputLayout(lanes);
        _problem = new BatchNormProblem
        {
            Input = input,
            Output = output,
            Residual = residual ? input : null,
            Relu = relu,
            Eps = Eps,
            OutputGradient = output with { Border = new Padding(1, 0, 2, 1) },
            InputGradient = input,
            ResidualGradient = residual ? output : null,
        };
        _kernel = new BatchNormTraining(_problem);
        int length = map.Batch * map.Channels * map.Height * map.Width;
        _input = [.. Maps.Random(length, map.Seed + 1).Select(value => value + mean)];
        _residual = Maps.Random(length, map.Seed + 2);
        _gradient = Maps.Random(length, map.Seed + 3);
        _weight = hasParameters ? Maps.Random(map.Channels, map.Seed + 4) : [];
        _bias = hasParameters ? Maps.Random(map.Channels, map.Seed + 5) : [];
        Mean = new GuardedBuffer(input.PaddedChannels);
        Variance = new GuardedBuffer(input.PaddedChannels);
        InverseDeviation = new GuardedBuffer(input.PaddedChannels);
    }

    /// <summary>Whether sums are handed to the second phase as those of a larger batch, which here has no other part.</summary>
    internal bool IsPart { get; init; }

    internal GuardedBuffer Mean { get; }

    internal GuardedBuffer Variance { get; }

    internal GuardedBuffer InverseDeviation { get; }

    private FeatureMap Shape => Maps.Plain(_problem.Input);

    private int Batch => _map.Batch;

    /// <summary>y, plain.</summary>
    internal float[] Forward(int parts) => Maps.Unblock(ForwardBlocked(parts), _problem.Output, Batch);

    /// <summary>y, the mean and the biased variance in float64.</summary>
    /// <summary>What the rounding of a channel's mean to a float comes to, at most, where it is divided by the deviation: much, where the numbers of a channel hardly differ.</summary>
    internal double MeanRounding()
    {
        const double Roundings = 4; // of the mean, of its difference to a number, of the deviation's reciprocal and of the product
        (_, double[] mean, double[] variance) = ForwardExpected();
        return Roundings * Math.ScaleB(1, -24) * mean.Zip(variance, (m, v) => Math.Abs(m) / Math.Sqrt(v + Eps)).Max();
    }

    internal (double[] Output, double[] Mean, double[] Variance) ForwardExpected()
    {
        (double[] output, double[] mean, double[] variance) = (new double[_input.Length], new double[_map.Channels], new double[_map.Channels]);
        Reference.BatchNormTraining<double>(
            Maps.Doubles(_input), Batch, Shape, Maps.Doubles(_weight), Maps.Doubles(_bias), Eps, mean, variance, output);
        for (int i = 0; i < output.Length; i++)
        {
            output[i] += _problem.Residual is null ? 0 : _residual[i];
            output[i] = _problem.Relu ? Math.Max(0, output[i]) : output[i];
        }

        return (output, mean, variance);
    }

    /// <summary>The gradients of x, the residual, γ and β.</summary>
    internal float[][] Backward(int parts, bool accumulate)
    {
        GuardedBuffer output = ForwardBlocked(1);
        GuardedBuffer x = Maps.Block(_input, _problem.Input, Batch);
        GuardedBuffer y = _problem is { Relu: true, Residual: not null } ? output : new GuardedBuffer(0);
        GuardedBuffer g = Maps.Block(_gradient, _problem.OutputGradient, Batch);
        GuardedBuffer inputGradient = Target(_problem.InputGradient, accumulate);
        GuardedBuffer residualGradient = _problem.ResidualGradient is { } layout ? Target(layout, accumulate) : new GuardedBuffer(0);
        (GuardedBuffer weightGradient, GuardedBuffer biasGradient) = (new(_map.Channels), new(_map.Channels));
        if (accumulate)
        {
            weightGradient.Span.Fill(1);
            biasGradient.Span.Fill(1);
        }

        var workspace = new GuardedBuffer(_kernel.WorkspaceLength(Batch));
        (float[] sums, int[] images) = ([], []);
        for (int step = 2 * parts - 1; step >= 0; step--)
        {
            (sums, images) = step == parts - 1 && IsPart ? (workspace.Span.ToArray(), [.. _kernel.ImagesOfChunks(Batch)]) : (sums, images);
            var operands = new BatchNormBackwardOperands
            {
                Batch = Batch,
                Input = x.Span,
                Output = y.Span,
                OutputGradient = g.Span,
                InputGradient = inputGradient.Span,
                AccumulateInput = accumulate,
                ResidualGradient = residualGradient.Span,
                AccumulateResidual = accumulate,
                Weight = _weight,
                Bias = _bias,
                Mean = Mean.Span,
                InverseDeviation = InverseDeviation.Span,
                WeightGradient = weightGradient.Span,
                BiasGradient = biasGradient.Span,
                AccumulateParameters = accumulate,
                Workspace = workspace.Span,
                Gathered = IsPart ? sums : [],
                GatheredImages = IsPart ? images : [],
            };
            if (step >= parts)
            {
                _kernel.GatherGradients(operands, step - parts, parts);
            }
            else
            {
                _kernel.Propagate(operands, step, parts);
            }
        }

        foreach (GuardedBuffer buffer in new[] { inputGradient, residualGradient, weightGradient, biasGradient, workspace })
        {
            buffer.AssertWallsStand("backward");
        }

        Maps.AssertBorderIsPoison(inputGradient, _problem.InputGradient, Batch, "input gradient");
        return
        [
            Maps.Unblock(inputGradient, _problem.InputGradient, Batch),
            _problem.ResidualGradient is { } residual ? Maps.Unblock(residualGradient, residual, Batch) : [],
            weightGradient.Span.ToArray(), biasGradient.Span.ToArray(),
        ];
    }

    /// <summary>The same in float64, what the ReLU let pass being read from the kernel's own y: near zero rounding decides it.</summary>
    /// <param name="scale">The rms of weight / σ · g, which the input gradient's terms have even where they cancel.</param>
    internal double[][] BackwardExpected(out double scale)
    {
        float[] y = Forward(1);
        double[] passed = [.. _gradient.Select((value, i) => _problem.Relu && !(y[i] > 0) ? 0 : (double)value)];
        (_, double[] mean, double[] variance) = ForwardExpected();
        (double[] input, double[] weight, double[] bias) = (new double[_input.Length], new double[_map.Channels], new double[_map.Channels]);
        Reference.BatchNormTrainingGradient<double>(
            Maps.Doubles(_input), Batch, Shape, mean, variance, Maps.Doubles(_weight), Eps, passed, input, weight, bias);
        double squares = 0;
        for (int i = 0; i < passed.Length; i++)
        {
            int channel = i / Shape.Pixels % Shape.Channels;
            double factor = (_hasParameters ? _weight[channel] : 1) / Math.Sqrt(variance[channel] + Eps);
            squares += Math.Pow(factor * passed[i], 2);
        }

        scale = Math.Sqrt(squares / passed.Length);
        return [input, _problem.Residual is null ? [] : passed, weight, bias];
    }

    internal static void AssertSame(float[] expected, float[] actual, string what) =>
        Assert.True(MemoryMarshal.AsBytes(expected.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(actual.AsSpan())), $"{what}: other bits");

    private GuardedBuffer ForwardBlocked(int parts)
    {
        GuardedBuffer x = Maps.Block(_input, _problem.Input, Batch);
        GuardedBuffer residual = _problem.Residual is { } layout ? Maps.Block(_residual, layout, Batch) : new GuardedBuffer(0);
        var output = new GuardedBuffer(Batch * _problem.Output.Length);
        var workspace = new GuardedBuffer(_kernel.WorkspaceLength(Batch));
        foreach (GuardedBuffer saved in new[] { Mean, Variance, InverseDeviation })
        {
            saved.Span.Fill(float.NaN); // what an earlier run left
        }

        (float[] sums, int[] images) = ([], []);
        for (int step = (2 * parts) - 1; step >= 0; step--)
        {
            (sums, images) = step == parts - 1 && IsPart ? (workspace.Span.ToArray(), [.. _kernel.ImagesOfChunks(Batch)]) : (sums, images);
            var operands = new BatchNormForwardOperands
            {
                Batch = Batch,
                Input = x.Span,
                Residual = residual.Span,
                Output = output.Span,
                Weight = _weight,
                Bias = _bias,
                Mean = Mean.Span,
                Variance = Variance.Span,
                InverseDeviation = InverseDeviation.Span,
                Workspace = workspace.Span,
                Gathered = IsPart ? sums : [],
                GatheredImages = IsPart ? images : [],
            };
            if (step >= parts)
            {
                _kernel.GatherMoments(operands, step - parts, parts);
            }
            else
            {
                _kernel.Normalize(operands, step, parts);
            }
        }

        foreach (GuardedBuffer buffer in new[] { x, residual, output, workspace, Mean, Variance, InverseDeviation })
        {
            buffer.AssertWallsStand("forward");
        }

        Maps.AssertBorderIsPoison(output, _problem.Output, Batch, "output");
        return output;
    }

    private GuardedBuffer Target(BlockedLayout layout, bool ones) =>
        ones ? Maps.Block([.. Enumerable.Repeat(1f, _input.Length)], layout, Batch) : new GuardedBuffer(Batch * layout.Length);
}
