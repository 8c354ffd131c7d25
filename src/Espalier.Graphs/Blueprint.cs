namespace Espalier.Graphs;

/// <summary>A network without numbers: its graph and what is known about it. Initialising or loading makes it a <see cref="Model"/>.</summary>
/// <param name="Graph">The network.</param>
/// <param name="Metadata">What is known about it.</param>
public sealed record Blueprint(Graph Graph, ModelMetadata Metadata)
{
    /// <summary>How its parameters get their first numbers.</summary>
    public Initialization Initialization { get; init; } = new();

    /// <summary>The network with its numbers.</summary>
    /// <exception cref="ParameterMismatchException">The parameters do not fit.</exception>
    public Model With(Parameters parameters) => new(Graph, parameters, Metadata);

    /// <summary>The network in figures.</summary>
    public NetworkSummary Summarize() => new(Graph, Metadata.Stages);
}
