using System.Globalization;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Fractions to prune by layer or channel group, as <see cref="SensitivityScan.AmountsWithin"/> returns them.</summary>
internal static class NamedAmounts
{
    /// <summary>The fractions by name.</summary>
    /// <param name="amounts">Names with their fractions.</param>
    /// <param name="isKnown">Returns whether a name exists.</param>
    /// <param name="unknown">Returns the message for a name that does not exist.</param>
    /// <exception cref="PruningException">A name is unknown or occurs twice, or a fraction is not from 0 to 1.</exception>
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
                throw new PruningException(name, string.Create(CultureInfo.InvariantCulture, $"expected an amount from 0 to 1, found {share}"));
            }

            if (!shares.TryAdd(name, share))
            {
                throw new PruningException(name, "expected one amount, found two");
            }
        }

        return shares;
    }

    /// <summary>The fractions as text for the lineage: <c>layer1.0.conv1.weight 50%, layer1.0.conv2.weight 20%</c>.</summary>
    internal static string Describe(ValueList<KeyValuePair<string, double>> amounts) =>
        string.Join(", ", amounts.Select(amount => string.Create(CultureInfo.InvariantCulture, $"{amount.Key} {amount.Value:0.####%}")));
}
