namespace Espalier.Surgery;

/// <summary>See <see cref="PruningCriteria.Lamp"/>.</summary>
internal sealed class Lamp : IWeightCriterion
{
    public string Name => "lamp";

    public void Score(WeightUnits units, Span<float> scores)
    {
        units.Norms(units.Weights, scores, order: 2);
        float[] sorted = scores.ToArray();
        int[] order = [.. Enumerable.Range(0, sorted.Length)];
        Array.Sort(sorted, order);
        double sum = 0;
        for (int i = order.Length - 1; i >= 0; i--)
        {
            double square = (double)sorted[i] * sorted[i];
            sum += square;
            scores[order[i]] = sum == 0 ? 0 : (float)(square / sum);
        }
    }
}
