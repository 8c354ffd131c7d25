namespace Espalier.Kernels;

/// <summary>Gradients of element-wise functions of feature maps.</summary>
/// <remarks>
/// Every method computes part <c>part</c> of <c>parts</c> (rows of all images), bit-identical for any number of parts, and overwrites its target or adds to
/// it. Maps may have different borders, which are neither read nor written. The target may be the memory of the gradient, if the layouts are the same.
/// </remarks>
public static unsafe class ElementwiseGradient
{
    /// <summary>Whether <see cref="Activate"/> needs the activation's output; otherwise, its input.</summary>
    public static bool IsFromOutput(ActivationKind kind) => kind is ActivationKind.Relu or ActivationKind.Relu6 or ActivationKind.Sigmoid;

    /// <summary>Computes factor · gradient: the gradient of a term of a sum.</summary>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the output's gradient.</param>
    /// <param name="factor">The factor of the term.</param>
    /// <param name="target">Batch x <paramref name="targetLayout"/>.</param>
    /// <param name="targetLayout">Layout of the input's gradient: the same map, with any border.</param>
    /// <param name="accumulate">Whether to add to the target instead of overwriting it.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Scale(
        ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, float factor, Span<float> target, BlockedLayout targetLayout, bool accumulate, int batch, int part, int parts) =>
        Run<VectorOperations.Scaled>(gradient, gradientLayout, gradient, gradientLayout, [factor], 0, 0, target, targetLayout, accumulate, batch, part, parts);

    /// <summary>Computes factor · gradient with a factor per channel: the gradient of a norm with constant statistics.</summary>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the output's gradient.</param>
    /// <param name="factors">One value for each channel, padded to whole blocks with zeros.</param>
    /// <param name="target">Batch x <paramref name="targetLayout"/>.</param>
    /// <param name="targetLayout">Layout of the input's gradient: the same map, with any border.</param>
    /// <param name="accumulate">Whether to add to the target instead of overwriting it.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void ScaleChannels(
        ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, ReadOnlySpan<float> factors, Span<float> target, BlockedLayout targetLayout, bool accumulate, int batch, int part, int parts)
    {
        Expect.Length(factors.Length, gradientLayout.PaddedChannels, nameof(factors));
        Run<VectorOperations.Scaled>(gradient, gradientLayout, gradient, gradientLayout, factors, 0, gradientLayout.Lanes, target, targetLayout, accumulate, batch, part, parts);
    }

    /// <summary>Computes gradient · other: the gradient of a product with respect to its first factor; the second is a map, or has one value per channel.</summary>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the output's gradient.</param>
    /// <param name="other">Batch x <paramref name="otherLayout"/>.</param>
    /// <param name="otherLayout">The other factor: a map, or a vector without border.</param>
    /// <param name="target">Batch x <paramref name="targetLayout"/>.</param>
    /// <param name="targetLayout">Layout of the first factor's gradient.</param>
    /// <param name="accumulate">Whether to add to the target instead of overwriting it.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Multiply(
        ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, ReadOnlySpan<float> other, BlockedLayout otherLayout,
        Span<float> target, BlockedLayout targetLayout, bool accumulate, int batch, int part, int parts)
    {
        otherLayout.ExpectBatch(batch, other.Length, nameof(other));
        if (otherLayout == gradientLayout with { Height = 1, Width = 1, Border = default })
        {
            Run<VectorOperations.Scaled>(
                gradient, gradientLayout, gradient, gradientLayout, other, otherLayout.Length, otherLayout.Lanes, target, targetLayout, accumulate, batch, part, parts);
        }
        else
        {
            Run<VectorOperations.Product>(gradient, gradientLayout, other, otherLayout, default, 0, 0, target, targetLayout, accumulate, batch, part, parts);
        }
    }

    /// <summary>Computes gradient · derivative of the activation.</summary>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the output's gradient.</param>
    /// <param name="activation">The activation.</param>
    /// <param name="value">Batch x <paramref name="valueLayout"/>: the activation's output or input, see <see cref="IsFromOutput"/>.</param>
    /// <param name="valueLayout">Layout of <paramref name="value"/>.</param>
    /// <param name="target">Batch x <paramref name="targetLayout"/>.</param>
    /// <param name="targetLayout">Layout of the input's gradient.</param>
    /// <param name="accumulate">Whether to add to the target instead of overwriting it.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Activate(
        ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, Activation activation, ReadOnlySpan<float> value, BlockedLayout valueLayout,
        Span<float> target, BlockedLayout targetLayout, bool accumulate, int batch, int part, int parts)
    {
        valueLayout.ExpectBatch(batch, value.Length, nameof(value));
        switch (activation.Kind)
        {
            case ActivationKind.Identity:
                Scale(gradient, gradientLayout, 1, target, targetLayout, accumulate, batch, part, parts);
                break;
            case ActivationKind.Relu:
                Run<ActivationDerivatives.Relu>(gradient, gradientLayout, value, valueLayout, default, 0, 0, target, targetLayout, accumulate, batch, part, parts);
                break;
            case ActivationKind.LeakyRelu:
                Run<ActivationDerivatives.LeakyRelu>(gradient, gradientLayout, value, valueLayout, [activation.Slope], 0, 0, target, targetLayout, accumulate, batch, part, parts);
                break;
            case ActivationKind.Relu6:
                Run<ActivationDerivatives.Relu6>(gradient, gradientLayout, value, valueLayout, default, 0, 0, target, targetLayout, accumulate, batch, part, parts);
                break;
            case ActivationKind.Silu:
                Run<ActivationDerivatives.Silu>(gradient, gradientLayout, value, valueLayout, default, 0, 0, target, targetLayout, accumulate, batch, part, parts);
                break;
            case ActivationKind.HardSwish:
                Run<ActivationDerivatives.HardSwish>(gradient, gradientLayout, value, valueLayout, default, 0, 0, target, targetLayout, accumulate, batch, part, parts);
                break;
            case ActivationKind.Sigmoid:
                Run<ActivationDerivatives.Sigmoid>(gradient, gradientLayout, value, valueLayout, default, 0, 0, target, targetLayout, accumulate, batch, part, parts);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "no such activation");
        }
    }

    private static void Run<TOperation>(
        ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, ReadOnlySpan<float> value, BlockedLayout valueLayout, ReadOnlySpan<float> factors, int perImage, int perBlock,
        Span<float> target, BlockedLayout targetLayout, bool accumulate, int batch, int part, int parts)
        where TOperation : IVectorOperation
    {
        Expect.That(
            gradientLayout.HasSameMap(targetLayout) && valueLayout.HasSameMap(targetLayout), $"gradient {gradientLayout} with {valueLayout} to {targetLayout}: only the borders may differ");
        gradientLayout.ExpectBatch(batch, gradient.Length, nameof(gradient));
        targetLayout.ExpectBatch(batch, target.Length, nameof(target));
        (int begin, int end) = WorkSplit.Range(MapRow.Count(targetLayout, batch), part, parts);
        if (begin == end)
        {
            return;
        }

        fixed (float* from = gradient, with = value, to = target, factor = factors)
        {
            LanesDispatch.Run(targetLayout.Lanes, new GradientJob<TOperation>
            {
                Layout = targetLayout,
                First = MapRow.At(begin, targetLayout),
                Rows = end - begin,
                Gradient = new(from, gradientLayout),
                Value = new(with, valueLayout),
                Target = new(to, targetLayout),
                Factor = new(factor, perImage, perBlock),
                Accumulate = accumulate,
            });
        }
    }
}
