using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;
using Reference = Espalier.Kernels.Reference;

namespace Espalier.Accelerated.Tests;

/// <summary>Single ops of the accelerator: what its training run does not show, which is gradients that are added or not needed, and bits that do not depend on the batch.</summary>
public sealed class DeviceOpTests
{
    private const int Batch = 3;
    private const double Tolerance = 2e-5;

    private static readonly Lazy<Device> s_device = new(AcceleratorDevice.Emulated.Open);

    // Sets of numbers that many threads add up in two steps, besides the small ones.
    private static readonly OpSample[] s_large =
    [
        new(new BatchNorm(1), [1, 75, 80]), new(new GroupNorm(1, 2), [2, 61, 140]), new(new Affine(2), [2, 25, 31]), new(new Multiply(), [2, 25, 31], [2, 1, 1]), new(new Quantize(), [2, 25, 31]),
        new(new PRelu(1), [2, 25, 31]), new(new LayerNorm(150), [150]), new(new LayerNorm(1100), [1100]), new(new ChannelConv1d(7), [300]),
    ];

    public static TheoryData<Type> Types =>
    [
        typeof(BatchNorm), typeof(Affine), typeof(GroupNorm), typeof(LayerNorm), typeof(LocalResponseNorm), typeof(PRelu), typeof(Softmax), typeof(RadixSoftmax), typeof(Multiply),
        typeof(Quantize), typeof(ChannelConv1d),
    ];

    [Theory]
    [MemberData(nameof(Types))]
    public void Gradients_are_stored_or_added_or_left_out(Type type)
    {
        foreach (OpSample sample in Samples(type))
        {
            using var run = new SingleOp(s_device.Value, sample, Batch, OpTable.Create);
            (double[] output, double[][] inputs, Dictionary<string, double[]> parameters) = run.Expected();
            run.Forward();
            AssertClose(output, run.Output, $"{sample}: the output");
            AssertGradients(run, inputs, parameters, $"{sample}");
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_sample_has_the_same_bits_in_any_batch(Type type)
    {
        foreach (OpSample sample in Samples(type))
        {
            using var several = new SingleOp(s_device.Value, sample, Batch, OpTable.Create);
            using var single = new SingleOp(s_device.Value, sample, 1, OpTable.Create);
            foreach (SingleOp run in new[] { several, single })
            {
                run.Forward();
                run.Backward(needsInputs: true, needsParameters: false, before: 0);
            }

            Assert.Equal(single.Output, several.Output[..single.Output.Length]);
            for (int i = 0; i < sample.Inputs.Length; i++)
            {
                Assert.Equal(single.InputGradient(i), several.InputGradient(i)[..single.InputGradient(i).Length]);
            }
        }
    }

    [Fact]
    public void A_batch_norm_trains_with_the_statistics_of_the_batch()
    {
        foreach (OpSample sample in Samples(typeof(BatchNorm)).Append(new(new BatchNorm(6) { RunningStatistics = false }, [6, 5, 4])))
        {
            using var run = new SingleOp(s_device.Value, sample, Batch, (device, graph, node) => new TrainedBatchNormOp(device, graph, node));
            var op = (BatchNorm)sample.Op;
            FeatureMap shape = FeatureMap.Of(sample.Inputs[0]);
            (double[] mean, double[] variance) = (new double[op.Channels], new double[op.Channels]);
            double[] output = new double[Batch * shape.Length], gradient = new double[output.Length], weight = new double[op.Channels], bias = new double[op.Channels];
            Reference.BatchNormTraining<double>(run.Inputs[0], Batch, shape, run.Parameter("weight"), run.Parameter("bias"), op.Epsilon, mean, variance, output);
            Reference.BatchNormTrainingGradient<double>(run.Inputs[0], Batch, shape, mean, variance, run.Parameter("weight"), op.Epsilon, run.Gradient, gradient, weight, bias);
            (double[] runningMean, double[] runningVariance) = (run.Parameter("running_mean"), run.Parameter("running_var"));
            if (op.RunningStatistics)
            {
                Reference.UpdateRunningStatistics<double>(mean, variance, Batch * shape.Pixels, op.Momentum, runningMean, runningVariance);
            }

            double[] batches = run.Parameter("num_batches_tracked");
            run.Forward();
            run.Forward(keepsStatistics: true);

            AssertClose(output, run.Output, $"{sample}: the output");
            AssertClose(runningMean, run.Stored("running_mean"), $"{sample}: the running mean");
            AssertClose(runningVariance, run.Stored("running_var"), $"{sample}: the running variance");
            AssertClose([.. batches.Select(count => count + 1)], run.Stored("num_batches_tracked"), $"{sample}: the counter");
            AssertGradients(run, [gradient], op.Affine ? new() { ["weight"] = weight, ["bias"] = bias } : [], $"{sample}");
        }
    }

    private static IEnumerable<OpSample> Samples(Type type) => AllOps.Samples.Concat(s_large).Where(sample => sample.Op.GetType() == type)
        .Concat(Enumerable.Range(1, 3).Select(seed => RandomOps.Create(type, (ulong)seed)))
        .Where(sample => sample.Op is not BatchNorm { RunningStatistics: false });

    private static void AssertGradients(SingleOp run, double[][] inputs, Dictionary<string, double[]> parameters, string what)
    {
        foreach ((bool needsInputs, bool needsParameters, float before) in ((bool, bool, float)[])[(true, true, 0), (true, true, 0.5f), (true, false, 0), (false, true, 0.5f)])
        {
            run.Backward(needsInputs, needsParameters, before);
            for (int i = 0; i < inputs.Length; i++)
            {
                AssertClose(needsInputs ? [.. inputs[i].Select(value => value + before)] : [], run.InputGradient(i), $"{what}: the gradient of input {i}, added to {before}");
            }

            foreach ((string role, double[] gradient) in parameters)
            {
                // Of a scale, in which differences of quotients and integers of up to 100 nearly cancel.
                double tolerance = role == "scale" ? 1e-4 : Tolerance;
                AssertClose(needsParameters ? [.. gradient.Select(value => value + before)] : [], run.ParameterGradient(role), $"{what}: the gradient of {role}, added to {before}", tolerance);
            }
        }
    }

    private static void AssertClose(double[] expected, float[] actual, string what, double tolerance = Tolerance)
    {
        Assert.True(expected.Length == actual.Length, $"{what} has {actual.Length} numbers, expected {expected.Length}");
        double greatest = expected.Select(Math.Abs).DefaultIfEmpty().Max();
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * greatest, $"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}; the greatest is {greatest:R}");
        }
    }
}
