using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Some neighbouring numbers of one parameter, with what the optimizer keeps for them.</summary>
/// <param name="parameter">The parameter.</param>
/// <param name="mask">The parameter's mask as floats, or none.</param>
/// <param name="slots">The optimizer's tensors for it.</param>
/// <param name="update">Which update of this parameter it is, from 1 on. A parameter without gradient is not updated, so counts differ.</param>
/// <param name="start">The first number.</param>
/// <param name="length">How many.</param>
internal readonly ref struct UpdateSpan(TrainingParameter parameter, Tensor? mask, Tensor[] slots, long update, int start, int length)
{
    internal TrainingParameter Parameter { get; } = parameter;

    internal long Update { get; } = update;

    internal Span<float> Value { get; } = parameter.Value.Span.Slice(start, length);

    internal Span<float> Gradient { get; } = parameter.Gradient.Span.Slice(start, length);

    /// <summary>The mask's numbers, none where the parameter has no mask.</summary>
    internal ReadOnlySpan<float> Mask { get; } = mask is null ? [] : mask.Read<float>().Slice(start, length);

    private readonly Tensor[] _slots = slots;
    private readonly int _start = start;
    private readonly int _length = length;

    /// <summary>The optimizer's numbers of one kind for these.</summary>
    internal Span<float> Slot(int index) => _slots[index].Write<float>().Slice(_start, _length);
}
