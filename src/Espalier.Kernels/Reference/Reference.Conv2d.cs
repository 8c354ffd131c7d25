using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>
/// Every operation as its definition says, written as simply as possible: the reference that all other kernels are tested against,
/// in float or double.
/// </summary>
/// <remarks>
/// All operations work on row-major NCHW: a batch is a sequence of images, an image is channel by channel, row by row.
/// Outputs do not overlap inputs unless a method says so. The definitions are PyTorch's (torch.nn.functional), in inference mode.
/// </remarks>
internal static partial class Reference
{
    /// <summary>Cross-correlation of each image with the filters.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="weights">[output channels][input channels / groups][kernel height][kernel width].</param>
    /// <param name="bias">One value for each output channel, or empty.</param>
    /// <param name="outputChannels">Number of filters.</param>
    /// <param name="geometry">Kernel size, stride, padding, dilation, groups.</param>
    /// <param name="output">Batch x <see cref="Conv2dGeometry.Output"/>.</param>
    /// <exception cref="ArgumentException">A span's length does not match its shape, or the groups do not divide the channels.</exception>
    public static void Conv2d<T>(
        ReadOnlySpan<T> input, int batch, FeatureMap shape, ReadOnlySpan<T> weights, ReadOnlySpan<T> bias,
        int outputChannels, Conv2dGeometry geometry, Span<T> output)
        where T : IFloatingPointIeee754<T>
    {
        FeatureMap outputShape = geometry.Output(shape, outputChannels);
        Expect.That(shape.Channels % geometry.Groups == 0 && outputChannels % geometry.Groups == 0, "groups must divide the channels");
        int groupInputs = shape.Channels / geometry.Groups;
        int groupOutputs = outputChannels / geometry.Groups;
        int filterLength = groupInputs * geometry.Kernel.Area;
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.Length(weights.Length, (long)outputChannels * filterLength, nameof(weights));
        Expect.LengthOrEmpty(bias.Length, outputChannels, nameof(bias));
        Expect.Length(output.Length, (long)batch * outputShape.Length, nameof(output));

        for (int n = 0; n < batch; n++)
        {
            for (int o = 0; o < outputChannels; o++)
            {
                int firstInput = o / groupOutputs * groupInputs;
                Filter(
                    input.Slice((n * shape.Length) + (firstInput * shape.Pixels), groupInputs * shape.Pixels),
                    shape with { Channels = groupInputs },
                    weights.Slice(o * filterLength, filterLength),
                    bias.IsEmpty ? T.Zero : bias[o],
                    geometry,
                    output.Slice((n * outputShape.Length) + (o * outputShape.Pixels), outputShape.Pixels),
                    outputShape);
            }
        }
    }

    // One output channel: the bias, then, for each kernel position, weight times the input shifted by that position.
    private static void Filter<T>(
        ReadOnlySpan<T> input, FeatureMap shape, ReadOnlySpan<T> weights, T bias, Conv2dGeometry geometry, Span<T> output, FeatureMap outputShape)
        where T : IFloatingPointIeee754<T>
    {
        output.Fill(bias);
        int weight = 0;
        for (int c = 0; c < shape.Channels; c++)
        {
            ReadOnlySpan<T> plane = input.Slice(c * shape.Pixels, shape.Pixels);
            for (int i = 0; i < geometry.Kernel.Height; i++)
            {
                for (int j = 0; j < geometry.Kernel.Width; j++)
                {
                    AddTap(plane, shape, weights[weight++], i, j, geometry, output, outputShape);
                }
            }
        }
    }

    private static void AddTap<T>(
        ReadOnlySpan<T> plane, FeatureMap shape, T weight, int i, int j, Conv2dGeometry geometry, Span<T> output, FeatureMap outputShape)
        where T : IFloatingPointIeee754<T>
    {
        for (int y = 0; y < outputShape.Height; y++)
        {
            int row = (y * geometry.Stride.Height) - geometry.Padding.Top + (i * geometry.Dilation.Height);
            for (int x = 0; x < outputShape.Width; x++)
            {
                int column = (x * geometry.Stride.Width) - geometry.Padding.Left + (j * geometry.Dilation.Width);
                bool inside = (uint)row < (uint)shape.Height && (uint)column < (uint)shape.Width;
                output[(y * outputShape.Width) + x] += weight * (inside ? plane[(row * shape.Width) + column] : T.Zero);
            }
        }
    }
}
