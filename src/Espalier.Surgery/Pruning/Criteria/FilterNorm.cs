using System.Globalization;

namespace Espalier.Surgery;

/// <summary>See <see cref="PruningCriteria.L1"/> and <see cref="PruningCriteria.L2"/>.</summary>
/// <param name="order">The order of the norm: 1 or 2.</param>
internal sealed class FilterNorm(int order) : IChannelCriterion
{
    public string Name => string.Create(CultureInfo.InvariantCulture, $"l{order}");

    public double[] Score(ChannelWeights layer) => layer.PerChannel((filter, _) =>
    {
        double sum = 0;
        foreach (double weight in filter)
        {
            sum += order == 1 ? Math.Abs(weight) : weight * weight;
        }

        return order == 1 ? sum : Math.Sqrt(sum);
    });
}
