using System.Globalization;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>The survival probabilities of a network's L blocks (Huang 2016, "Deep networks with stochastic depth", §3).</summary>
/// <param name="Last">The survival probability p_L of the last block, or of all blocks if it is constant; above 0 and below 1.</param>
/// <param name="IsConstant">Whether all blocks have the same probability; otherwise it decreases linearly from 1 at the input.</param>
public readonly record struct SurvivalRule(double Last, bool IsConstant)
{
    /// <summary>The same probability for all blocks.</summary>
    public static SurvivalRule Constant(double survival) => new(survival, true);

    /// <summary>Linear decay: p_l = 1 − l/L · (1 − p_L) (eq. 4); early blocks, on whose output all later blocks depend, survive more often.</summary>
    public static SurvivalRule LinearDecay(double last) => new(last, false);

    /// <summary>The survival probability p_l of block number <paramref name="block"/> of <paramref name="blocks"/>, counted from 1.</summary>
    public double Of(int block, int blocks) => IsConstant ? Last : 1 - ((double)block / blocks * (1 - Last));

    /// <summary>The rule as text: <c>linear 0.5</c> or <c>constant 0.5</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsConstant ? "constant" : "linear")} {Last}");

    /// <summary>Throws unless the probability is above 0 and below 1.</summary>
    /// <exception cref="GraphException">The probability is out of range.</exception>
    internal void Check()
    {
        if (Last is not (> 0 and < 1))
        {
            string found = Last.ToString("R", CultureInfo.InvariantCulture);
            GraphException.Throw("stochastic depth", $"expected a survival probability above 0 and below 1 (at 1 no block is ever dropped), found {found}");
        }
    }
}
