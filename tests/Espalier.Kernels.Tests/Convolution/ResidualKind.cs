namespace Espalier.Kernels.Tests;

/// <summary>Where the residual of a test case lies.</summary>
public enum ResidualKind
{
    None,
    Separate,
    SameAsOutput,
}
