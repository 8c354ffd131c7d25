using Espalier.Graphs;

namespace Espalier.Formats;

/// <summary>Conversions between models and state_dicts.</summary>
public static class ModelLoading
{
    /// <summary>
    /// Creates a model from a network and a state_dict: floating-point parameters as float32, batch counters as int64, buffers not trainable.
    /// Parameters pruned by PyTorch (<c>weight_orig</c> and <c>weight_mask</c>) become a value and a mask.
    /// </summary>
    /// <param name="definition">The network without parameter values.</param>
    /// <param name="weights">The state_dict.</param>
    /// <param name="rules">Renaming rules, applied to the state_dict's names in order.</param>
    /// <exception cref="StateDictMismatchException">Names are missing or unexpected, or shapes differ: see <see cref="StateDictMatcher.Match"/>.</exception>
    /// <exception cref="ParameterMismatchException">A mask has a different shape than its parameter.</exception>
    public static Model Load(this NetworkDefinition definition, StateDict weights, params IReadOnlyList<RenameRule> rules)
    {
        ArgumentNullException.ThrowIfNull(definition);
        IReadOnlyList<KeyValuePair<string, ParameterSpec>> specs = definition.Graph.Parameters;
        MaskedStateDict split = MaskedStateDict.Split(RenameRule.Apply(rules, weights));
        StateDict fitted = StateDictMatcher.Match(Expected(definition.Graph), split.Values);
        return definition.With(Parameters.From(specs.Select(s =>
            KeyValuePair.Create(s.Key, new Parameter(fitted[s.Key]) { Trainable = !s.Value.IsBuffer, Mask = split.Masks.TryGet(s.Key, out Tensor? mask) ? mask : null }))));
    }

    /// <summary>The model's parameters and buffers in graph order, as <c>Module.state_dict()</c> gives them. Pruned parameters are multiplied by their masks, as after PyTorch's <c>prune.remove</c>.</summary>
    public static StateDict ToStateDict(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new StateDict(model.Graph.Parameters.Select(p => KeyValuePair.Create(p.Key, model.Parameters[p.Key].Effective)));
    }

    /// <summary>The same, but pruned parameters are given as original values and mask, as a PyTorch module pruned by <c>torch.nn.utils.prune</c> loads them.</summary>
    public static StateDict ToMaskedStateDict(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var values = new StateDict(model.Graph.Parameters.Select(p => KeyValuePair.Create(p.Key, model.Parameters[p.Key].Value)));
        var masks = model.Graph.Parameters.Select(p => (p.Key, model.Parameters[p.Key].Mask)).Where(p => p.Mask is not null);
        return new MaskedStateDict(values, new StateDict(masks.Select(p => KeyValuePair.Create(p.Key, p.Mask!)))).Join();
    }

    /// <summary>The tensors that a graph needs.</summary>
    internal static IReadOnlyList<ExpectedTensor> Expected(Graph graph) =>
        [.. graph.Parameters.Select(p => new ExpectedTensor(p.Key, p.Value.Shape, p.Value.IsCounter ? ElementType.Int64 : ElementType.Float32))];
}
