namespace Espalier.Surgery;

/// <summary>What a pass promises about the function that the network computes.</summary>
public enum Promise
{
    /// <summary>The same numbers, bit for bit.</summary>
    Exact,

    /// <summary>The same function over the reals: results differ by rounding only.</summary>
    Rounding,

    /// <summary>Another function, near the old one or not.</summary>
    Lossy,
}
