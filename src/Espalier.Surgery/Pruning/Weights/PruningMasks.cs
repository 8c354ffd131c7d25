using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Sets custom masks and removes masks, like <c>custom_from_mask</c>, <c>identity</c> and <c>remove</c> of <c>torch.nn.utils.prune</c>.</summary>
public static class PruningMasks
{
    /// <summary>Combines the mask of a parameter with another mask, like PyTorch's <c>custom_from_mask</c>: a weight is kept only if both masks keep it.</summary>
    /// <exception cref="PruningException">There is no such parameter, or the shape of the mask differs from the parameter's.</exception>
    public static Model PruneByMask(this Model model, string name, Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(mask);
        return ByMask(model, name, mask, "mask");
    }

    /// <summary>Gives a parameter a mask that keeps all weights, like PyTorch's <c>identity</c>.</summary>
    /// <exception cref="PruningException">There is no such parameter.</exception>
    public static Model AddIdentityMask(this Model model, string name)
    {
        ArgumentNullException.ThrowIfNull(model);
        Parameter parameter = Find(model, name);
        float[] ones = new float[parameter.Value.Shape.Count];
        Array.Fill(ones, 1);
        return ByMask(model, name, Tensor.From<float>(parameter.Value.Shape, ones), "identity");
    }

    /// <summary>Masks the zeros of the weights of convolutions and linear layers, so that training keeps them: for checkpoints that were pruned elsewhere and saved with zeros instead of masks. Other weights that happen to be zero are masked too.</summary>
    /// <param name="model">The model. Existing masks are kept.</param>
    /// <param name="scopes">Patterns of parameter names or of their layers; if empty, the weights of all convolutions and linear layers.</param>
    /// <exception cref="PruningException">A pattern matches no such weight, or none of them contains a zero.</exception>
    public static Model MaskZeros(this Model model, ValueList<string> scopes = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        string[] weights = [.. model.Graph.Nodes.Where(node => node.Op is Conv2d or Linear).Select(node => node.Parameter("weight")).Distinct()];
        if (scopes.FirstOrDefault(scope => !weights.Any(name => ScopePattern.Matches(scope, name))) is string useless)
        {
            throw new PruningException(useless, "matches no weight of a convolution or a linear layer" + SimilarNames.Suggest(useless, weights));
        }

        KeyValuePair<string, Parameter>[] masked =
        [
            .. weights.Where(name => scopes.Count == 0 || scopes.Any(scope => ScopePattern.Matches(scope, name)))
                .Select(name => KeyValuePair.Create(name, model.Parameters[name])).Where(each => each.Value.NonZeros < each.Value.Value.Shape.Count)
                .Select(each => KeyValuePair.Create(each.Key, each.Value with { Mask = MaskOf(each.Value.Effective) })),
        ];
        return masked.Length > 0
            ? model.With(model.Parameters.With(masked)).Record(new LineageEntry("prune", [new("granularity", "weights"), new("method", "zeros"), new("scope", string.Join(' ', scopes))], [new("pruned_weights", masked.Sum(each => each.Value.Value.Shape.Count - each.Value.NonZeros))]))
            : throw new PruningException(scopes.Count == 0 ? "the network" : string.Join(' ', scopes), "has no zeros among the weights of its convolutions and linear layers");
    }

    private static Tensor MaskOf(Tensor value) => Tensor.From<float>(value.Shape, Array.ConvertAll(value.To(ElementType.Float32).Read<float>().ToArray(), number => number == 0 ? 0f : 1f));

    /// <summary>Makes pruning permanent, like PyTorch's <c>remove</c>: masked weights are set to 0 and the masks are removed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="scopes">Patterns of parameter names; if empty, all parameters.</param>
    /// <exception cref="PruningException">No parameter has a mask, or a pattern matches no parameter with a mask.</exception>
    public static Model RemoveMasks(this Model model, ValueList<string> scopes = default) => Unmask(model, scopes, "remove", parameter => parameter.Effective);

    /// <summary>Undoes pruning: the masks are removed, and masked weights have the values again that they had when they were masked.</summary>
    /// <param name="model">The model.</param>
    /// <param name="scopes">Patterns of parameter names; if empty, all parameters.</param>
    /// <exception cref="PruningException">No parameter has a mask, or a pattern matches no parameter with a mask.</exception>
    public static Model UndoPruning(this Model model, ValueList<string> scopes = default) => Unmask(model, scopes, "undo", parameter => parameter.Value);

    private static Model ByMask(Model model, string name, Tensor mask, string method)
    {
        Parameter parameter = Find(model, name);
        if (mask.Shape != parameter.Value.Shape)
        {
            throw new PruningException(name, $"its mask is {mask.Shape}, expected {parameter.Value.Shape}");
        }

        Tensor both = parameter.Mask is null ? mask.To(ElementType.Float32) : new Parameter(parameter.Mask) { Mask = mask }.Effective;
        Model after = model.With(model.Parameters.With(name, parameter with { Mask = both }));
        return after.Record(new LineageEntry("prune", [new("granularity", "weights"), new("method", method), new("scope", name)], []));
    }

    private static Model Unmask(Model model, ValueList<string> scopes, string action, Func<Parameter, Tensor> value)
    {
        ArgumentNullException.ThrowIfNull(model);
        string[] masked = [.. model.Parameters.Where(parameter => parameter.Value.Mask is not null).Select(parameter => parameter.Key)];
        string? useless = scopes.FirstOrDefault(scope => !masked.Any(name => ScopePattern.Matches(scope, name)));
        if (useless is not null || masked.Length == 0)
        {
            throw new PruningException(useless ?? "the network", masked.Length == 0 ? "has no masks" : "matches no parameter with a mask" + SimilarNames.Suggest(useless!, masked));
        }

        Model after = model.With(model.Parameters.With(masked.Where(name => scopes.Count == 0 || scopes.Any(scope => ScopePattern.Matches(scope, name)))
            .Select(name => KeyValuePair.Create(name, model.Parameters[name] with { Value = value(model.Parameters[name]), Mask = null }))));
        return after.Record(new LineageEntry("prune", [new("granularity", "weights"), new(action, "true"), new("scope", string.Join(' ', scopes))], []));
    }

    private static Parameter Find(Model model, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return model.Parameters.TryGetValue(name, out Parameter? parameter) ? parameter : throw new PruningException(name, "no such parameter" + SimilarNames.Suggest(name, model.Parameters.Keys));
    }
}
