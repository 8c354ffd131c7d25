using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Role and shape of a parameter that an op has.</summary>
/// <param name="Role">The last part of its name: <c>weight</c>, <c>bias</c>, <c>running_mean</c> ….</param>
/// <param name="Shape">Its shape, in PyTorch's order.</param>
/// <param name="IsBuffer">Whether it is a statistic that optimizers do not change (a buffer in PyTorch).</param>
/// <param name="IsCounter">Whether it is a 64-bit integer that inference does not use and old checkpoints do not have: <c>num_batches_tracked</c>.</param>
public sealed record ParameterSpec(string Role, Shape Shape, bool IsBuffer = false, bool IsCounter = false)
{
    /// <summary>The type of its elements in files and models.</summary>
    internal ElementType Storage { get; init; } = IsCounter ? ElementType.Int64 : ElementType.Float32;

    /// <summary>Whether it may also be stored as <see cref="ElementType.Int8"/>: the weights of a layer with quantized weights, as multiples of their channel's scale.</summary>
    internal bool MayBeInt8 { get; init; }

    /// <summary>Whether it is the scale of a quantization: positive, and trained only with <see cref="TrainingRunOptions.LearnScales"/>.</summary>
    internal bool IsScale { get; init; }

    /// <summary>The specification as text: <c>weight of 64x3x7x7</c>.</summary>
    public override string ToString() => $"{Role} of {Shape}";

    /// <summary>
    /// A parameter of the given extents. Extents below 0 are replaced by 0, so that an op with invalid
    /// attributes still has named parameters; <see cref="Op.Infer"/> then reports the error.
    /// </summary>
    internal static ParameterSpec Of(string role, params ReadOnlySpan<int> extents)
    {
        int[] possible = extents.ToArray();
        for (int i = 0; i < possible.Length; i++)
        {
            possible[i] = Math.Max(0, possible[i]);
        }

        return new ParameterSpec(role, Shape.Of(possible));
    }

    /// <summary>The parameters of a layer: weight, bias if it has one, and the scale of each output channel if its weights are quantized.</summary>
    internal static ValueList<ParameterSpec> OfLayer(ParameterSpec weight, int outputs, bool hasBias, bool isQuantized) =>
    [
        isQuantized ? weight with { MayBeInt8 = true } : weight,
        .. hasBias ? [Of("bias", outputs)] : (ParameterSpec[])[],
        .. isQuantized ? [Of(QuantizedLayer.ScaleRole, outputs) with { IsScale = true }] : (ParameterSpec[])[],
    ];
}
