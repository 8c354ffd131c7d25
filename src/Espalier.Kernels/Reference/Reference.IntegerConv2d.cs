using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>The exact sums of an 8-bit convolution: bias + Σ weight·(x − zero point); padding is the zero point.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="zeroPoint">Zero point of the input.</param>
    /// <param name="weights">[output channels][input channels / groups][kernel height][kernel width].</param>
    /// <param name="bias">One value for each output channel in units of input scale x weight scale, or empty.</param>
    /// <param name="outputChannels">Number of filters.</param>
    /// <param name="geometry">Kernel size, stride, padding, dilation, groups.</param>
    /// <param name="sums">Batch x <see cref="Conv2dGeometry.Output"/>; see <see cref="IntegerRequantize(ReadOnlySpan{int}, int, FeatureMap, ReadOnlySpan{float}, Requantization, Span{byte})"/>.</param>
    /// <exception cref="ArgumentException">A span's length does not match its shape, the groups do not divide the channels, or a sum may not fit into int32.</exception>
    public static void IntegerConv2d(
        ReadOnlySpan<byte> input, int batch, FeatureMap shape, int zeroPoint, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias,
        int outputChannels, Conv2dGeometry geometry, Span<int> sums)
    {
        FeatureMap outputShape = geometry.Output(shape, outputChannels);
        Expect.That(shape.Channels % geometry.Groups == 0 && outputChannels % geometry.Groups == 0, "groups must divide the channels");
        int groupInputs = shape.Channels / geometry.Groups;
        int filterLength = groupInputs * geometry.Kernel.Area;
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.Length(weights.Length, (long)outputChannels * filterLength, nameof(weights));
        Expect.LengthOrEmpty(bias.Length, outputChannels, nameof(bias));
        Expect.Length(sums.Length, (long)batch * outputShape.Length, nameof(sums));
        AccumulatorRange.Require(weights, bias, zeroPoint, outputChannels);

        for (int n = 0; n < batch; n++)
        {
            for (int o = 0; o < outputChannels; o++)
            {
                int firstInput = o / (outputChannels / geometry.Groups) * groupInputs;
                IntegerFilter(
                    input.Slice((n * shape.Length) + (firstInput * shape.Pixels), groupInputs * shape.Pixels),
                    shape with { Channels = groupInputs },
                    zeroPoint,
                    weights.Slice(o * filterLength, filterLength),
                    bias.IsEmpty ? 0 : bias[o],
                    geometry,
                    sums.Slice((n * outputShape.Length) + (o * outputShape.Pixels), outputShape.Pixels),
                    outputShape);
            }
        }
    }

    /// <summary>The exact sums of an 8-bit fully connected layer: bias + Σ weight·(x − zero point).</summary>
    /// <param name="input">[batch][inputs].</param>
    /// <param name="batch">Number of rows.</param>
    /// <param name="inputs">Input features.</param>
    /// <param name="zeroPoint">Zero point of the input.</param>
    /// <param name="weights">[outputs][inputs].</param>
    /// <param name="bias">[outputs], or empty.</param>
    /// <param name="outputs">Output features.</param>
    /// <param name="sums">[batch][outputs].</param>
    public static void IntegerLinear(
        ReadOnlySpan<byte> input, int batch, int inputs, int zeroPoint, ReadOnlySpan<sbyte> weights, ReadOnlySpan<int> bias, int outputs, Span<int> sums) =>
        IntegerConv2d(input, batch, new FeatureMap(inputs, 1, 1), zeroPoint, weights, bias, outputs, new Conv2dGeometry(1), sums);

    /// <summary>Requantizes exact sums: each to float32, times the multiplier of its channel, plus a residual where there is one (<see cref="ResidualAddition.Add"/>), then <see cref="Requantization.Round"/>.</summary>
    /// <param name="sums">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="multipliers">One for each channel: <see cref="Requantization.Multiplier(float, float, float)"/> of input, weight and output scale.</param>
    /// <param name="residual">Batch x <paramref name="shape"/>, or empty.</param>
    /// <param name="addition">How the residual is added; <see langword="null"/> without one.</param>
    /// <param name="to">Zero point and limits of the output.</param>
    /// <param name="output">Batch x <paramref name="shape"/>.</param>
    public static void IntegerRequantize(
        ReadOnlySpan<int> sums, int batch, FeatureMap shape, ReadOnlySpan<float> multipliers, ReadOnlySpan<byte> residual, ResidualAddition? addition, Requantization to, Span<byte> output)
    {
        Expect.Length(residual.Length, addition is null ? 0 : sums.Length, nameof(residual));
        Expect.Length(sums.Length, (long)batch * shape.Length, nameof(sums));
        Expect.Length(multipliers.Length, shape.Channels, nameof(multipliers));
        Expect.Length(output.Length, sums.Length, nameof(output));
        for (int i = 0; i < sums.Length; i++)
        {
            float value = sums[i] * multipliers[i / shape.Pixels % shape.Channels];
            output[i] = to.Round(addition is { } other ? other.Add(value, residual[i]) : value);
        }
    }

    /// <summary>The same without a residual.</summary>
    public static void IntegerRequantize(ReadOnlySpan<int> sums, int batch, FeatureMap shape, ReadOnlySpan<float> multipliers, Requantization to, Span<byte> output) =>
        IntegerRequantize(sums, batch, shape, multipliers, [], null, to, output);

    private static void IntegerFilter(
        ReadOnlySpan<byte> input, FeatureMap shape, int zeroPoint, ReadOnlySpan<sbyte> weights, int bias, Conv2dGeometry geometry, Span<int> sums, FeatureMap outputShape)
    {
        for (int i = 0; i < sums.Length; i++)
        {
            int top = (i / outputShape.Width * geometry.Stride.Height) - geometry.Padding.Top;
            int left = (i % outputShape.Width * geometry.Stride.Width) - geometry.Padding.Left;
            int sum = bias;
            for (int w = 0; w < weights.Length; w++)
            {
                (int channel, int tap) = Math.DivRem(w, geometry.Kernel.Area);
                int row = top + (tap / geometry.Kernel.Width * geometry.Dilation.Height);
                int column = left + (tap % geometry.Kernel.Width * geometry.Dilation.Width);
                if ((uint)row < (uint)shape.Height && (uint)column < (uint)shape.Width)
                {
                    sum += weights[w] * (input[(((channel * shape.Height) + row) * shape.Width) + column] - zeroPoint);
                }
            }

            sums[i] = sum;
        }
    }
}
