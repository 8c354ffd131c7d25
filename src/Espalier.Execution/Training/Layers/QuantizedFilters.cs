using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>
/// The weights of a layer rounded to integers from −127 to 127 times their channel's scale. The gradient of a weight is that of the rounded one within the range, otherwise 0 (straight-through);
/// to that of its scale it contributes the rounded weight's times round(w/scale) − w/scale within the range, otherwise times the limit, and a masked weight, being 0, nothing.
/// </summary>
internal sealed class QuantizedFilters : FilterTransform
{
    private readonly TrainingParameter _scales;
    private readonly double _scaleFactor;

    /// <param name="weight">The weights before rounding.</param>
    /// <param name="scales">A scale for each output channel.</param>
    internal QuantizedFilters(TrainingParameter weight, TrainingParameter scales)
        : base(weight, scales)
    {
        _scales = scales;
        _scaleFactor = ScaleGradient.OfWeights(Length);
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
        (int begin, int end) = WorkSplit.Range(_scales.Value.Length, part, parts);
        for (int channel = begin; channel < end; channel++)
        {
            Propagate(accumulate, channel);
        }
    }

    private void Propagate(bool accumulate, int channel)
    {
        ReadOnlySpan<float> weight = Weight.Value.Span.Slice(channel * Length, Length), gradient = GradientOfValues.Slice(channel * Length, Length);
        Span<float> target = Weight.Trainable ? Weight.Gradient.Span.Slice(channel * Length, Length) : [];
        (double scale, double sum) = (_scales.Value.Span[channel], 0);
        for (int i = 0; i < weight.Length; i++)
        {
            double quotient = weight[i] / scale, integer = Math.Round(quotient);
            bool isInside = Math.Abs(integer) <= QuantizedLayer.Greatest;
            sum += gradient[i] * (isInside ? integer - quotient : Math.CopySign(QuantizedLayer.Greatest, integer));
            if (!target.IsEmpty)
            {
                target[i] = (accumulate ? target[i] : 0) + (isInside ? gradient[i] : 0);
            }
        }

        if (_scales.Trainable)
        {
            ref float total = ref _scales.Gradient.Span[channel];
            total = (float)((accumulate ? total : 0) + (sum * _scaleFactor));
        }
    }
}
