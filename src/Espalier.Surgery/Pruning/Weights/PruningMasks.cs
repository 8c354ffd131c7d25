using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Masks of one's own, and what takes masks back: <c>torch.nn.utils.prune</c>'s <c>custom_from_mask</c>, <c>identity</c> and <c>remove</c>.</summary>
public static class PruningMasks
{
    /// <summary>Keeps of a parameter only what a mask and the masks before it keep: PyTorch's <c>custom_from_mask</c>.</summary>
    /// <exception cref="PruningException">There is no such parameter, or the mask is of another shape.</exception>
    public static Model PruneByMask(this Model model, string name, Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(mask);
        return ByMask(model, name, mask, "mask");
    }

    /// <summary>Gives a parameter a mask that removes nothing: PyTorch's <c>identity</c>.</summary>
    /// <exception cref="PruningException">There is no such parameter.</exception>
    public static Model PruneNothing(this Model model, string name)
    {
        ArgumentNullException.ThrowIfNull(model);
        Parameter parameter = Find(model, name);
        float[] ones = new float[parameter.Value.Shape.Count];
        Array.Fill(ones, 1);
        return ByMask(model, name, Tensor.From<float>(parameter.Value.Shape, ones), "identity");
    }

    /// <summary>Makes pruning permanent: what masks have removed is 0 for good, and the masks are gone. PyTorch's <c>remove</c>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="scopes">Patterns of parameters; none means all.</param>
    /// <exception cref="PruningException">A pattern names nothing that is pruned.</exception>
    public static Model RemoveMasks(this Model model, ValueList<string> scopes = default) => Unmask(model, scopes, "remove", parameter => parameter.Effective);

    /// <summary>Takes pruning back: the removed weights have the numbers again that they had when they were removed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="scopes">Patterns of parameters; none means all.</param>
    /// <exception cref="PruningException">A pattern names nothing that is pruned.</exception>
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
            throw new PruningException(useless ?? "the network", masked.Length == 0 ? "has no masks" : "matches nothing that is pruned" + SimilarNames.Suggest(useless!, masked));
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
