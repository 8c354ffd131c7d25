namespace Espalier.Training;

/// <summary>The logarithm of softmax in double precision, without overflow for large logits.</summary>
internal static class LogSoftmax
{
    /// <summary>Computes ln softmax(logits / temperature).</summary>
    internal static void Compute(ReadOnlySpan<float> logits, double temperature, Span<double> result)
    {
        double greatest = double.NegativeInfinity;
        for (int c = 0; c < logits.Length; c++)
        {
            greatest = Math.Max(greatest, logits[c]); // Math.Max returns NaN if one argument is NaN, so NaN propagates
        }

        double sum = 0;
        for (int c = 0; c < logits.Length; c++)
        {
            result[c] = (logits[c] - greatest) / temperature;
            sum += Math.Exp(result[c]);
        }

        double logarithm = Math.Log(sum);
        for (int c = 0; c < logits.Length; c++)
        {
            result[c] -= logarithm;
        }
    }
}
