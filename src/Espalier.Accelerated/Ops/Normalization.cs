using Espalier.Tensors;
using ILGPU;
using ILGPU.Algorithms;

namespace Espalier.Accelerated;

/// <summary>Mean and variance of each of a number of sets; without them, numbers are taken as they are.</summary>
internal readonly struct Statistics(ArrayView<float> mean, ArrayView<float> variance, Sets sets, float epsilon)
{
    internal readonly ArrayView<float> Mean = mean, Variance = variance;
    internal readonly Sets Sets = sets;
    internal readonly float Epsilon = epsilon;

    /// <summary>One over the deviation of a set.</summary>
    internal float Inverse(int set) => Mean.Length > 0 ? 1 / XMath.Sqrt(Variance[set] + Epsilon) : 1;

    /// <summary>A number of a set, normalized.</summary>
    internal float Normalized(float value, int set) => Mean.Length > 0 ? (value - Mean[set]) * Inverse(set) : value;
}

/// <summary>Kernels of norms: numbers are normalized with the statistics of their sets, then scaled and shifted by channel.</summary>
internal static class Normalization
{
    internal readonly struct Forward(ArrayView<float> input, Statistics statistics, ArrayView<float> weight, ArrayView<float> bias, FeatureMap shape, DeviceActivation activation, ArrayView<float> output)
    {
        internal readonly ArrayView<float> Input = input, Weight = weight, Bias = bias, Output = output;
        internal readonly Statistics Statistics = statistics;
        internal readonly DeviceActivation Activation = activation;
        internal readonly int Channels = shape.Channels, Pixels = shape.Pixels;
    }

    internal readonly struct Gradient(NormTerms terms, ArrayView<float> sums, bool areWeighted, GradientTarget target)
    {
        internal readonly NormTerms Terms = terms;
        internal readonly ArrayView<float> Sums = sums;
        internal readonly int AreWeighted = areWeighted ? 1 : 0;
        internal readonly GradientTarget Target = target;
    }

    internal readonly struct MeanTerms(ArrayView<float> input) : ITerms
    {
        private readonly ArrayView<float> _input = input;

        public static bool AreTwo => false;

        public (float First, float Second) Of(int at, int set) => (_input[at], 0);
    }

    internal readonly struct SquareTerms(ArrayView<float> input, ArrayView<float> mean) : ITerms
    {
        private readonly ArrayView<float> _input = input, _mean = mean;

        public static bool AreTwo => false;

        public (float First, float Second) Of(int at, int set)
        {
            float difference = _input[at] - _mean[set];
            return (difference * difference, 0);
        }
    }

    /// <summary>Computes mean and biased variance of each set.</summary>
    internal static void Moments(Device device, ArrayView<float> input, Statistics statistics)
    {
        float share = 1f / statistics.Sets.Members;
        SetSums.Run(device, new MeanTerms(input), statistics.Sets, share, new GradientTarget(statistics.Mean, adds: false));
        SetSums.Run(device, new SquareTerms(input, statistics.Mean), statistics.Sets, share, new GradientTarget(statistics.Variance, adds: false));
    }

    /// <summary>Normalizes, scales, shifts, and applies an activation.</summary>
    /// <param name="device">The device.</param>
    /// <param name="call">The input, output and activation.</param>
    /// <param name="shape">The shape of a sample.</param>
    /// <param name="statistics">The statistics.</param>
    internal static void Run(Device device, ForwardCall call, FeatureMap shape, Statistics statistics) => device.Run(
        Normalize, call.Output.Length, new Forward(call.Inputs[0], statistics, call.Parameter("weight"), call.Parameter("bias"), shape, call.Activation, call.Output));

    /// <summary>The gradient of the input.</summary>
    /// <param name="device">The device.</param>
    /// <param name="terms">What the sums are of, with the weights.</param>
    /// <param name="sums">The sums of both terms over each set; empty for statistics that are constants.</param>
    /// <param name="areWeighted">Whether the sums are of terms with the weights.</param>
    /// <param name="target">Takes the gradient.</param>
    internal static void InputGradient(Device device, NormTerms terms, ArrayView<float> sums, bool areWeighted, GradientTarget target) =>
        device.Run(OfInput, target.View.Length, new Gradient(terms, sums, areWeighted, target));

    private static void Normalize(Index1D i, Forward call)
    {
        int channel = i / call.Pixels % call.Channels;
        float value = call.Statistics.Normalized(call.Input[i], call.Statistics.Sets.Of(i));
        value *= call.Weight.Length > 0 ? call.Weight[channel] : 1;
        value += call.Bias.Length > 0 ? call.Bias[channel] : 0;
        call.Output[i] = call.Activation.Of(value);
    }

    // For elements normalized together, x̂ = (x − μ)/σ and y = γx̂ + β: with g = γ·dy, dx = (g − mean(g) − x̂·mean(g·x̂))/σ (Ioffe and Szegedy 2015, §3).
    private static void OfInput(Index1D i, Gradient call)
    {
        int set = call.Terms.Statistics.Sets.Of(i);
        (float gradient, float product) = call.Terms.Of(i, set);
        if (call.Sums.Length > 0)
        {
            int sets = call.Terms.Statistics.Sets.Count;
            float normalized = call.Terms.Statistics.Normalized(call.Terms.Input[i], set);
            float through = (call.Sums[set] + (normalized * call.Sums[sets + set])) / call.Terms.Statistics.Sets.Members;
            gradient -= call.AreWeighted != 0 ? through : through * call.Terms.WeightOf(i);
        }

        call.Target.Store(i, gradient * call.Terms.Statistics.Inverse(set));
    }
}

/// <summary>The gradient of a norm's output times the weight, and that times the normalized input.</summary>
internal readonly struct NormTerms(ArrayView<float> gradient, ArrayView<float> input, Statistics statistics, ArrayView<float> weight, FeatureMap shape) : ITerms
{
    internal readonly ArrayView<float> Input = input;
    internal readonly Statistics Statistics = statistics;
    private readonly ArrayView<float> _gradient = gradient, _weight = weight;
    private readonly int _channels = shape.Channels, _pixels = shape.Pixels;

    public static bool AreTwo => true;

    /// <summary>The weight of an element's channel.</summary>
    internal float WeightOf(int at) => _weight.Length > 0 ? _weight[at / _pixels % _channels] : 1;

    // The sets that are added up may be others than those of the statistics.
    public (float First, float Second) Of(int at, int set)
    {
        float gradient = _gradient[at] * WeightOf(at);
        return (gradient, gradient * Statistics.Normalized(Input[at], Statistics.Sets.Of(at)));
    }
}
