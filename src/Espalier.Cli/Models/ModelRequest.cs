using Espalier.Formats;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>The model that a command line asks for.</summary>
/// <param name="Name">A network of the zoo, or the path of a model file.</param>
internal sealed record ModelRequest(string Name)
{
    /// <summary>The checkpoint with its numbers, or <see langword="null"/> for those of the model file, or drawn from <see cref="Seed"/>.</summary>
    internal string? Weights { get; init; }

    /// <summary>Where in the checkpoint its state_dict is, or <see langword="null"/> for the usual places.</summary>
    internal string? Key { get; init; }

    /// <summary>How the checkpoint's names become the network's.</summary>
    internal IReadOnlyList<RenameRule> Rules { get; init; } = [];

    /// <summary>Classes, where they are not the network's usual ones or the checkpoint's.</summary>
    internal int? Classes { get; init; }

    /// <summary>Blocks in the place of convolutions of a network of the zoo.</summary>
    internal ValueList<BlockChoice> Blocks { get; init; }

    /// <summary>Hears which convolutions stayed plain.</summary>
    internal Action<string> Note { get; init; } = _ => { };

    /// <summary>What numbers are drawn from where there are no weights.</summary>
    internal ulong Seed { get; init; }
}
