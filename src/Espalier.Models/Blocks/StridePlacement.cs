namespace Espalier.Models;

/// <summary>Which convolution of a bottleneck halves the map.</summary>
public enum StridePlacement
{
    /// <summary>The 3x3, so that no pixel is skipped: called v1.5, and what torchvision has.</summary>
    In3x3,

    /// <summary>The first 1x1, as in the paper (He 2015): v1. Fewer multiply-accumulates, about half a point less accurate.</summary>
    In1x1,
}
