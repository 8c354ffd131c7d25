namespace Espalier.Cli;

/// <summary>The options about pruning masks that several verbs have.</summary>
internal static class MaskOptions
{
    internal static Option<bool> ZerosAsMasks() => new("--zeros-as-masks")
    {
        Description = "Masks the zeros among the weights of convolutions and fully connected layers, so that training keeps them: for networks that were pruned elsewhere and saved with zeros.",
    };
}
