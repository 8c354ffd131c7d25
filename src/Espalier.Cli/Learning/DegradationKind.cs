namespace Espalier.Cli;

/// <summary>One of the two kinds of networks that are compared.</summary>
/// <param name="Name">As people say it.</param>
/// <param name="Prefix">What the zoo's names begin with.</param>
internal sealed record DegradationKind(string Name, string Prefix)
{
    internal static DegradationKind Plain { get; } = new("plain", "cifar_plain");

    internal static DegradationKind Residual { get; } = new("residual", "cifar_resnet");

    internal static DegradationKind[] All { get; } = [Plain, Residual];

    /// <summary>The zoo's name of one.</summary>
    internal string Network(int depth) => $"{Prefix}{depth}";
}
