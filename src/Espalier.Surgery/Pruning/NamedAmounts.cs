using System.Globalization;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Shares that layers or groups are to lose each for itself, as <see cref="SensitivityScan.AmountsWithin"/> finds them.</summary>
internal static class NamedAmounts
{
    /// <summary>The shares by name.</summary>
    /// <param name="amounts">Names with their shares.</param>
    /// <param name="isKnown">Whether there is something of that name.</param>
    /// <param name="unknown">What to say of a name that is not known.</param>
    /// <exception cref="PruningException">A name is unknown or stands there twice, or a share is none.</exception>
    internal static Dictionary<string, double> Of(ValueList<KeyValuePair<string, double>> amounts, Func<string, bool> isKnown, Func<string, string> unknown)
    {
        var shares = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach ((string name, double share) in amounts)
        {
            if (!isKnown(name))
            {
                throw new PruningException(name, unknown(name));
            }

            if (share is not (>= 0 and <= 1))
            {
                throw new PruningException(name, string.Create(CultureInfo.InvariantCulture, $"the amount {share} is no share: from 0 to 1 would work"));
            }

            if (!shares.TryAdd(name, share))
            {
                throw new PruningException(name, "has two amounts: leave one of them out");
            }
        }

        return shares;
    }

    /// <summary>What the lineage says of them: <c>layer1.0.conv1.weight 50%, layer1.0.conv2.weight 20%</c>.</summary>
    internal static string Describe(ValueList<KeyValuePair<string, double>> amounts) =>
        string.Join(", ", amounts.Select(amount => string.Create(CultureInfo.InvariantCulture, $"{amount.Key} {amount.Value:0.####%}")));
}
