namespace Espalier.Models;

/// <summary>The convolution of a bottleneck that has the stride.</summary>
public enum StridePlacement
{
    /// <summary>The 3x3 convolution, so that no pixel is skipped; called v1.5 and used by torchvision.</summary>
    In3x3,

    /// <summary>The first 1x1 convolution, as in the paper (He 2015); called v1. It needs fewer multiply-accumulates and is about half a percentage point less accurate.</summary>
    In1x1,
}
