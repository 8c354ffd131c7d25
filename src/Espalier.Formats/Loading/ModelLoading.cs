using Espalier.Graphs;

namespace Espalier.Formats.Loading;

/// <summary>Between models and state_dicts.</summary>
public static class ModelLoading
{
    /// <summary>The network with a state_dict's numbers: floating-point parameters as float32, batch counters as int64, buffers not trainable.</summary>
    /// <param name="blueprint">The network.</param>
    /// <param name="weights">What was read.</param>
    /// <param name="rules">Renaming, applied to the state_dict's names in turn.</param>
    /// <exception cref="StateDictMismatchException">Names are missing or unexpected, or shapes differ: see <see cref="StateDictMatcher.Match"/>.</exception>
    public static Model Load(this Blueprint blueprint, StateDict weights, params IReadOnlyList<RenameRule> rules)
    {
        ArgumentNullException.ThrowIfNull(blueprint);
        IReadOnlyList<KeyValuePair<string, ParameterSpec>> specs = blueprint.Graph.Parameters;
        StateDict fitted = StateDictMatcher.Match(Expected(blueprint.Graph), weights, rules);
        return blueprint.With(Parameters.From(specs.Select(s =>
            KeyValuePair.Create(s.Key, new Parameter(fitted[s.Key]) { Trainable = !s.Value.IsBuffer }))));
    }

    /// <summary>A model's numbers under their names, in the network's order: what <c>Module.state_dict()</c> gives.</summary>
    public static StateDict ToStateDict(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new StateDict(model.Graph.Parameters.Select(p => KeyValuePair.Create(p.Key, model.Parameters[p.Key].Value)));
    }

    /// <summary>What a network needs.</summary>
    internal static IReadOnlyList<ExpectedTensor> Expected(Graph graph) =>
        [.. graph.Parameters.Select(p => new ExpectedTensor(p.Key, p.Value.Shape, p.Value.IsCounter ? ElementType.Int64 : ElementType.Float32))];
}
