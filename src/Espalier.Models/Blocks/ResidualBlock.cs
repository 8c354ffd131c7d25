namespace Espalier.Models;

/// <summary>The kind of a residual block (He 2015, figure 5).</summary>
public enum ResidualBlock
{
    /// <summary>Two 3x3 convolutions.</summary>
    Basic,

    /// <summary>A 1x1 convolution that reduces the channels, a 3x3, and a 1x1 that expands to four times the width.</summary>
    Bottleneck,
}
