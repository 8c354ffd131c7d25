namespace Espalier.Formats;

/// <summary>How a checkpoint is read.</summary>
public readonly record struct CheckpointOptions()
{
    /// <summary>The key under which the checkpoint keeps its state_dict; <see langword="null"/> to look in the usual places (see <see cref="CheckpointReader"/>).</summary>
    public string? StateDictKey { get; init; }

    /// <summary>Keeps the prefixes <c>module.</c> (DataParallel) and <c>_orig_mod.</c> (torch.compile), which otherwise go if all names have them.</summary>
    public bool KeepPrefixes { get; init; }

    /// <summary>How much the file may ask for.</summary>
    public Limits Limits { get; init; } = Limits.Default;
}
