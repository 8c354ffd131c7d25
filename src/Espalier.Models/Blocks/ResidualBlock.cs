namespace Espalier.Models;

/// <summary>What the branch of a residual block is (He 2015, figure 5).</summary>
public enum ResidualBlock
{
    /// <summary>Two 3x3 convolutions.</summary>
    Basic,

    /// <summary>A 1x1 convolution that narrows, a 3x3, and a 1x1 that widens to four times the width.</summary>
    Bottleneck,
}
