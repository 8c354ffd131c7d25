using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>A range of elements of one parameter, with the optimizer's state for them.</summary>
/// <param name="parameter">The parameter.</param>
/// <param name="mask">The parameter's mask as float32, or <see langword="null"/>.</param>
/// <param name="slots">The optimizer's state tensors of the parameter.</param>
/// <param name="update">The number of the update of this parameter, from 1. A parameter without gradient is not updated, so numbers differ between parameters.</param>
/// <param name="start">The index of the first element.</param>
/// <param name="length">The number of elements.</param>
internal readonly ref struct UpdateSpan(TrainingParameter parameter, Tensor? mask, Tensor[] slots, long update, int start, int length)
{
    internal TrainingParameter Parameter { get; } = parameter;

    internal long Update { get; } = update;

    internal Span<float> Value { get; } = parameter.Value.Span.Slice(start, length);

    internal Span<float> Gradient { get; } = parameter.Gradient.Span.Slice(start, length);

    /// <summary>The elements of the mask; empty if the parameter has no mask.</summary>
    internal ReadOnlySpan<float> Mask { get; } = mask is null ? [] : mask.Read<float>().Slice(start, length);

    private readonly Tensor[] _slots = slots;
    private readonly int _start = start;
    private readonly int _length = length;

    /// <summary>The elements of one of the optimizer's state tensors.</summary>
    internal Span<float> Slot(int index) => _slots[index].Write<float>().Slice(_start, _length);
}
