namespace Espalier.Graphs;

/// <summary>Applies patches to models.</summary>
public static class ModelPatching
{
    /// <summary>A copy of the model with one patch applied.</summary>
    public static Model Apply(this Model model, Patch patch) => model.Apply([patch]);

    /// <summary>A copy of the model with patches applied in order; graph and parameters are validated once, at the end.</summary>
    /// <exception cref="GraphException">A patch contradicts the model or an earlier patch, or the resulting graph is invalid.</exception>
    /// <exception cref="ParameterMismatchException">The resulting parameters do not match the graph.</exception>
    public static Model Apply(this Model model, IEnumerable<Patch> patches)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(patches);
        var draft = new GraphDraft(model.Graph);
        Parameters parameters = model.Parameters;
        foreach (Patch patch in patches)
        {
            draft.Apply(patch);
            parameters = parameters.With(patch.Parameters);
        }

        Graph graph = draft.Build();
        HashSet<string> needed = new(graph.Parameters.Select(parameter => parameter.Key), StringComparer.Ordinal);
        return new Model(graph, parameters.Where(needed.Contains), model.Metadata);
    }
}
