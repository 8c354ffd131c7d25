namespace Espalier.Surgery;

/// <summary>How an amount is spread over the layers when they are not ranked together.</summary>
public enum AmountDistribution
{
    /// <summary>The same share everywhere.</summary>
    Uniform,

    /// <summary>Erdős–Rényi-Kernel: a layer keeps a share in proportion to the sum of its extents over their product (Evci 2020, "Rigging the lottery", section 3).</summary>
    ErdosRenyiKernel,
}
