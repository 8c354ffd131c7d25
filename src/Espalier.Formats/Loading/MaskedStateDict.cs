namespace Espalier.Formats;

/// <summary>A state_dict with parameters pruned by <c>torch.nn.utils.prune</c>, which has <c>conv1.weight_orig</c> and <c>conv1.weight_mask</c> instead of <c>conv1.weight</c>.</summary>
/// <param name="Values">All tensors but the masks; the original values have the parameter's own name.</param>
/// <param name="Masks">The masks, under the names of their parameters.</param>
internal sealed record MaskedStateDict(StateDict Values, StateDict Masks)
{
    private const string OriginalSuffix = "_orig";
    private const string MaskSuffix = "_mask";

    /// <summary>Separates the masks from a state_dict. A name with only one of the two suffixes is left as it is.</summary>
    public static MaskedStateDict Split(StateDict weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var values = new List<KeyValuePair<string, Tensor>>(weights.Count);
        var masks = new List<KeyValuePair<string, Tensor>>();
        foreach ((string name, Tensor tensor) in weights)
        {
            if (Pruned(weights, name, OriginalSuffix) is string pruned)
            {
                values.Add(new(pruned, tensor));
            }
            else if (Pruned(weights, name, MaskSuffix) is string masked)
            {
                masks.Add(new(masked, tensor.To(ElementType.Float32)));
            }
            else
            {
                values.Add(new(name, tensor));
            }
        }

        return new MaskedStateDict(new StateDict(values), new StateDict(masks));
    }

    /// <summary>The inverse of <see cref="Split"/>: the state_dict that a PyTorch module pruned by <c>torch.nn.utils.prune</c> loads.</summary>
    public StateDict Join() => new(Values.SelectMany(value => Masks.TryGet(value.Key, out Tensor? mask)
        ? (KeyValuePair<string, Tensor>[])[new(value.Key + OriginalSuffix, value.Value), new(value.Key + MaskSuffix, mask)]
        : [value]));

    /// <summary>The parameter whose original values or mask have this name, or <see langword="null"/>.</summary>
    private static string? Pruned(StateDict weights, string name, string suffix)
    {
        if (!name.EndsWith(suffix, StringComparison.Ordinal))
        {
            return null;
        }

        string parameter = name[..^suffix.Length];
        return weights.TryGet(parameter + OriginalSuffix, out _) && weights.TryGet(parameter + MaskSuffix, out _) && !weights.TryGet(parameter, out _) ? parameter : null;
    }
}
