namespace Espalier.Graphs;

/// <summary>A network without parameter values: its graph, metadata and initialization. Initializing or loading turns it into a <see cref="Model"/>.</summary>
/// <param name="Graph">The network's graph.</param>
/// <param name="Metadata">The network's metadata.</param>
public sealed record NetworkDefinition(Graph Graph, ModelMetadata Metadata)
{
    /// <summary>How the parameters are initialized.</summary>
    public Initialization Initialization { get; init; } = new();

    /// <summary>Creates the model with the given parameters.</summary>
    /// <exception cref="ParameterMismatchException">The parameters do not match the graph.</exception>
    public Model With(Parameters parameters) => new(Graph, parameters, Metadata);

    /// <summary>Computes sizes, parameters, MACs and receptive fields.</summary>
    public NetworkSummary Summarize() => new(Graph, Metadata.Stages);
}
