using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>The weights of a layer rounded to integers from −127 to 127 times their channel's scale, and the straight-through gradient: that of the rounded weight, 0 outside the range.</summary>
internal sealed class QuantizedFilters : FilterTransform
{
    private readonly TrainingParameter _scales;

    /// <param name="weight">The weights before rounding.</param>
    /// <param name="scales">A scale for each output channel.</param>
    internal QuantizedFilters(TrainingParameter weight, TrainingParameter scales)
        : base(weight)
    {
        _scales = scales;
        Update();
    }

    private int Length => Values.Length / _scales.Value.Length;

    internal override void Update()
    {
        ReadOnlySpan<float> weight = Weight.Value.Span, scales = _scales.Value.Span;
        for (int i = 0; i < Values.Length; i++)
        {
            float scale = scales[i / Length];
            Values[i] = float.IsNaN(weight[i]) ? float.NaN : QuantizedLayer.Round(weight[i], scale) * scale; // training reports what diverges
        }
    }

    internal override void Propagate(bool accumulate, int part, int parts)
    {
        ReadOnlySpan<float> weight = Weight.Value.Span, scales = _scales.Value.Span;
        Span<float> target = Weight.Gradient.Span;
        (int begin, int end) = WorkSplit.Range(scales.Length, part, parts);
        for (int i = begin * Length; i < end * Length; i++)
        {
            bool isInside = Math.Abs(Math.Round((double)weight[i] / scales[i / Length])) <= QuantizedLayer.Greatest;
            target[i] = (accumulate ? target[i] : 0) + (isInside ? GradientOfValues[i] : 0);
        }
    }
}
