namespace Espalier.Formats;

/// <summary>Options for reading a checkpoint.</summary>
public readonly record struct CheckpointOptions()
{
    /// <summary>The key of the state_dict in the checkpoint; <see langword="null"/> to search the usual keys (see <see cref="CheckpointReader"/>).</summary>
    public string? StateDictKey { get; init; }

    /// <summary>Keeps the prefixes <c>module.</c> (DataParallel), <c>_orig_mod.</c> (torch.compile) and <c>_forward_module.</c> (DeepSpeed, FSDP), which are otherwise removed if all names have them.</summary>
    public bool KeepPrefixes { get; init; }

    /// <summary>The limits on what the file may require, such as the bytes of all tensors.</summary>
    public Limits Limits { get; init; } = Limits.Default;
}
