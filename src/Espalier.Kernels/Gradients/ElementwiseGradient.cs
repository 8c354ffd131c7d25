using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Gradients of element-wise functions of feature maps.</summary>
/// <remarks>
/// Every method computes part <c>part</c> of <c>parts</c> (rows of all images), bit-identical for any number of parts, and overwrites its target or adds to
/// it. Maps may have different borders, which are neither read nor written. The target may be the memory of the gradient, if the layouts are the same.
/// </remarks>
internal static unsafe class ElementwiseGradient
{
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
    /// <param name="value">Batch x <paramref name="valueLayout"/>: what the activation made or read, see <see cref="Activation.IsDerivativeOfResult"/>.</param>
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
        LaneActivations.Run(activation.Kind, new Loop
        {
            Gradient = gradient,
            GradientLayout = gradientLayout,
            Value = value,
            ValueLayout = valueLayout,
            Parameters = ILaneActivation.Parameters(activation),
            Target = target,
            TargetLayout = targetLayout,
            Accumulate = accumulate,
            Batch = batch,
            Part = part,
            Parts = parts,
        });
    }

    /// <summary>Computes the gradient of a parametric ReLU's input: gradient where the input is positive, otherwise slope · gradient.</summary>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the output's gradient.</param>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="slopes">One value for each channel, padded to whole blocks with zeros.</param>
    /// <param name="target">Batch x <paramref name="targetLayout"/>.</param>
    /// <param name="targetLayout">Layout of the input's gradient.</param>
    /// <param name="accumulate">Whether to add to the target instead of overwriting it.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void PRelu(
        ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, ReadOnlySpan<float> input, BlockedLayout inputLayout, ReadOnlySpan<float> slopes,
        Span<float> target, BlockedLayout targetLayout, bool accumulate, int batch, int part, int parts)
    {
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        Expect.Length(slopes.Length, gradientLayout.PaddedChannels, nameof(slopes));
        Run<VectorOperations.PReluBackward>(gradient, gradientLayout, input, inputLayout, slopes, 0, gradientLayout.Lanes, target, targetLayout, accumulate, batch, part, parts);
    }

    /// <summary>The straight-through gradient of <see cref="ElementwiseKernel.Quantize"/>: gradient where the rounded input is within 0 to 255 before it is limited, otherwise 0.</summary>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the output's gradient.</param>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="scale">The distance of neighbouring results.</param>
    /// <param name="zeroPoint">The integer that stands for 0.</param>
    /// <param name="target">Batch x <paramref name="targetLayout"/>.</param>
    /// <param name="targetLayout">Layout of the input's gradient.</param>
    /// <param name="accumulate">Whether to add to the target instead of overwriting it.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Quantize(
        ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, ReadOnlySpan<float> input, BlockedLayout inputLayout, float scale, byte zeroPoint,
        Span<float> target, BlockedLayout targetLayout, bool accumulate, int batch, int part, int parts)
    {
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        Run<VectorOperations.QuantizedBackward>(gradient, gradientLayout, input, inputLayout, [scale, zeroPoint], 0, 0, target, targetLayout, accumulate, batch, part, parts);
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
                Second = factors.Length == 2 && perBlock == 0 ? new(factor + 1, 0, 0) : default,
                Accumulate = accumulate,
            });
        }
    }

    /// <summary>The arguments of <see cref="Activate"/>, kept until the activation's type is known.</summary>
    private readonly ref struct Loop : IActivationLoop
    {
        internal required ReadOnlySpan<float> Gradient { get; init; }

        internal required BlockedLayout GradientLayout { get; init; }

        internal required ReadOnlySpan<float> Value { get; init; }

        internal required BlockedLayout ValueLayout { get; init; }

        internal required (float P, float Q) Parameters { get; init; }

        internal required Span<float> Target { get; init; }

        internal required BlockedLayout TargetLayout { get; init; }

        internal required bool Accumulate { get; init; }

        internal required int Batch { get; init; }

        internal required int Part { get; init; }

        internal required int Parts { get; init; }

        public void Run<TActivation>() where TActivation : struct, ILaneActivation =>
            ElementwiseGradient.Run<GradientOf<TActivation>>(Gradient, GradientLayout, Value, ValueLayout, [Parameters.P, Parameters.Q], 0, 0, Target, TargetLayout, Accumulate, Batch, Part, Parts);
    }

    /// <summary>a is the gradient, b the value, p and q the parameters.</summary>
    private readonly struct GradientOf<TActivation> : IVectorOperation where TActivation : struct, ILaneActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Of<TLanes>(TLanes a, TLanes b, TLanes p, TLanes q) where TLanes : unmanaged, ILanes<TLanes> => TActivation.Gradient(a, b, p, q);
    }
}
