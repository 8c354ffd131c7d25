namespace Espalier.Surgery;

/// <summary>How a pass changes the function that a network computes.</summary>
public enum Promise
{
    /// <summary>The outputs are bit-identical.</summary>
    Exact,

    /// <summary>The function over the real numbers is the same; outputs differ only by rounding.</summary>
    Rounding,

    /// <summary>The function changes, by any amount.</summary>
    Lossy,
}
