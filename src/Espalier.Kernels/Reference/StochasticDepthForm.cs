namespace Espalier.Kernels;

/// <summary>How shortcut x and branch f make a block that training may skip.</summary>
public enum StochasticDepthForm
{
    /// <summary>x + f when the branch survives, x when not (Huang et al. 2016).</summary>
    Residual,

    /// <summary>f when the branch survives, x when not.</summary>
    Bypass,
}
