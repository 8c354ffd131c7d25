using Espalier.Graphs;

namespace Espalier.Formats;

/// <summary>Between models and state_dicts.</summary>
public static class ModelLoading
{
    /// <summary>
    /// The network with a state_dict's numbers: floating-point parameters as float32, batch counters as int64, buffers not trainable.
    /// What PyTorch has pruned (<c>weight_orig</c> and <c>weight_mask</c>) becomes a value and its mask.
    /// </summary>
    /// <param name="blueprint">The network.</param>
    /// <param name="weights">What was read.</param>
    /// <param name="rules">Renaming, applied to the state_dict's names in turn.</param>
    /// <exception cref="StateDictMismatchException">Names are missing or unexpected, or shapes differ: see <see cref="StateDictMatcher.Match"/>.</exception>
    /// <exception cref="ParameterMismatchException">A mask is not of its parameter's shape.</exception>
    public static Model Load(this Blueprint blueprint, StateDict weights, params IReadOnlyList<RenameRule> rules)
    {
        ArgumentNullException.ThrowIfNull(blueprint);
        IReadOnlyList<KeyValuePair<string, ParameterSpec>> specs = blueprint.Graph.Parameters;
        MaskedStateDict split = MaskedStateDict.Split(RenameRule.Apply(rules, weights));
        StateDict fitted = StateDictMatcher.Match(Expected(blueprint.Graph), split.Values);
        return blueprint.With(Parameters.From(specs.Select(s =>
            KeyValuePair.Create(s.Key, new Parameter(fitted[s.Key]) { Trainable = !s.Value.IsBuffer, Mask = split.Masks.TryGet(s.Key, out Tensor? mask) ? mask : null }))));
    }

    /// <summary>A model's numbers under their names, in the network's order: what <c>Module.state_dict()</c> gives. Of pruned parameters what is left, as after PyTorch's <c>prune.remove</c>.</summary>
    public static StateDict ToStateDict(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new StateDict(model.Graph.Parameters.Select(p => KeyValuePair.Create(p.Key, model.Parameters[p.Key].Effective)));
    }

    /// <summary>The same, with pruned parameters as the original numbers and the mask: what a module that <c>torch.nn.utils.prune</c> has pruned loads.</summary>
    public static StateDict ToMaskedStateDict(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var values = new StateDict(model.Graph.Parameters.Select(p => KeyValuePair.Create(p.Key, model.Parameters[p.Key].Value)));
        var masks = model.Graph.Parameters.Select(p => (p.Key, model.Parameters[p.Key].Mask)).Where(p => p.Mask is not null);
        return new MaskedStateDict(values, new StateDict(masks.Select(p => KeyValuePair.Create(p.Key, p.Mask!)))).Join();
    }

    /// <summary>What a network needs.</summary>
    internal static IReadOnlyList<ExpectedTensor> Expected(Graph graph) =>
        [.. graph.Parameters.Select(p => new ExpectedTensor(p.Key, p.Value.Shape, p.Value.IsCounter ? ElementType.Int64 : ElementType.Float32))];
}
