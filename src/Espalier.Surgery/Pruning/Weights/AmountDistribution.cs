namespace Espalier.Surgery;

/// <summary>How an amount is distributed over the layers with local ranking.</summary>
public enum AmountDistribution
{
    /// <summary>The same fraction of every layer.</summary>
    Uniform,

    /// <summary>Erdős–Rényi-Kernel: the fraction of weights that a layer keeps is proportional to the sum of its extents divided by their product (Evci 2020, "Rigging the lottery", section 3).</summary>
    ErdosRenyiKernel,
}
