namespace Espalier.Testing;

/// <summary>Which of timm's networks in the kit are residual networks of the zoo.</summary>
public static class TimmNames
{
    private static readonly string[] s_parts = ["resn", "res2n", "legacy_se"];

    /// <summary>Whether a name is that of a residual network that the zoo has.</summary>
    public static bool IsResidual(string name) => s_parts.Any(part => name.Contains(part, StringComparison.Ordinal));
}
