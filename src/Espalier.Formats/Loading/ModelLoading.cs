using Espalier.Graphs;

namespace Espalier.Formats;

/// <summary>Conversions between models and state_dicts.</summary>
public static class ModelLoading
{
    /// <summary>
    /// Creates a model from a network and a state_dict: floating-point parameters as float32, batch counters as int64, buffers not trainable.
    /// Parameters pruned by PyTorch (<c>weight_orig</c> and <c>weight_mask</c>) become a value and a mask.
    /// </summary>
    /// <remarks>
    /// Tensors that training tools add (profilers' <c>total_ops</c> and <c>total_params</c>, an averaged model's <c>n_averaged</c>, a loss function's
    /// <c>criterion.*</c>, momentum contrast's <c>queue</c> and <c>encoder_k.*</c>) and torchvision's auxiliary classifiers (<c>aux1.*</c>, <c>aux2.*</c>, <c>AuxLogits.*</c>) are left out, unless the network has parameters of these names.
    /// </remarks>
    /// <param name="definition">The network without parameter values.</param>
    /// <param name="weights">The state_dict.</param>
    /// <param name="options">Renaming rules, names to leave out and names that may be missing; the default has none.</param>
    /// <exception cref="StateDictMismatchException">Names are missing or unexpected, shapes differ, or an integer type meets a floating-point type.</exception>
    /// <exception cref="ParameterMismatchException">A mask has a different shape than its parameter.</exception>
    /// <exception cref="EspalierException">The rules give two tensors the same name, or one an empty name; an expression is invalid.</exception>
    public static Model Load(this NetworkDefinition definition, StateDict weights, LoadingOptions options)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(options);
        IReadOnlyList<KeyValuePair<string, ParameterSpec>> specs = definition.Graph.Parameters;
        MaskedStateDict split = MaskedStateDict.Split(CheckpointNames.Resolve(weights, specs.Select(spec => spec.Key).ToHashSet(StringComparer.Ordinal), options));
        var optional = new NamePatterns(options.AllowMissing);
        var kept = new List<string>();
        StateDict fitted = StateDictMatcher.Match(Expected(definition.Graph), split.Values, name =>
        {
            Tensor? value = options.Initial is { } initial && optional.Match(name) ? initial[name].Value : null;
            kept.AddRange(value is null ? [] : [name]);
            return value;
        });
        if (kept.Count > 0)
        {
            options.Note?.Invoke($"not in the checkpoint, and initialized instead: {CheckpointNames.List(kept)}");
        }

        return definition.With(Parameters.From(specs.Select(s =>
            KeyValuePair.Create(s.Key, new Parameter(fitted[s.Key]) { Trainable = !s.Value.IsBuffer, Mask = split.Masks.TryGet(s.Key, out Tensor? mask) ? mask : null }))));
    }

    /// <summary>The same with renaming rules alone.</summary>
    /// <param name="definition">The network without parameter values.</param>
    /// <param name="weights">The state_dict.</param>
    /// <param name="rules">Renaming rules, applied to the state_dict's names in order.</param>
    /// <exception cref="EspalierException">As for <see cref="Load(NetworkDefinition, StateDict, LoadingOptions)"/>.</exception>
    public static Model Load(this NetworkDefinition definition, StateDict weights, params IReadOnlyList<RenameRule> rules) =>
        definition.Load(weights, new LoadingOptions { Renames = rules });

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
        [.. graph.Parameters.Select(p => new ExpectedTensor(p.Key, p.Value.Shape, p.Value.Storage, p.Value.MayBeInt8))];
}
