namespace Espalier.Training.Tests.Plans;

/// <summary>The mean cross-entropy of a batch and its gradient, in double.</summary>
internal static class CrossEntropy
{
    internal static (double Loss, float[] Gradient) Of(ReadOnlySpan<float> logits, int[] labels)
    {
        int classes = logits.Length / labels.Length;
        float[] gradient = new float[logits.Length];
        double loss = 0;
        for (int n = 0; n < labels.Length; n++)
        {
            double[] row = [.. logits.Slice(n * classes, classes).ToArray().Select(logit => (double)logit)];
            double greatest = row.Max();
            double sum = row.Sum(logit => Math.Exp(logit - greatest));
            loss -= (row[labels[n]] - greatest - Math.Log(sum)) / labels.Length;
            for (int c = 0; c < classes; c++)
            {
                gradient[(n * classes) + c] = (float)(((Math.Exp(row[c] - greatest) / sum) - (c == labels[n] ? 1 : 0)) / labels.Length);
            }
        }

        return (loss, gradient);
    }
}
