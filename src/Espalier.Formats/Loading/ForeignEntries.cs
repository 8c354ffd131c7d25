namespace Espalier.Formats;

/// <summary>Names that training tools add to the state_dict of a network and that are no parameters of it, and those of the auxiliary classifiers of GoogLeNet and Inception v3, which only training uses. A network that has a parameter of such a name keeps it.</summary>
internal static class ForeignEntries
{
    /// <summary>The tool that adds a name, or <see langword="null"/> for an ordinary name.</summary>
    internal static string? Origin(string name)
    {
        int first = name.IndexOf('.', StringComparison.Ordinal);
        return name[(name.LastIndexOf('.') + 1)..] is "total_ops" or "total_params" ? "a profiler's counts"
            : name is "n_averaged" ? "the step count of an averaged model"
            : name is "queue" or "queue_ptr" ? "the queue of momentum contrast"
            : (first < 0 ? "" : name[..first]) switch
            {
                "encoder_k" => "the key encoder of momentum contrast",
                "aux1" or "aux2" or "AuxLogits" => "auxiliary classifiers of training",
                "criterion" => "a loss function's tensors",
                _ => null,
            };
    }
}
