using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A network with its numbers and what is known about it. Immutable; a pass makes a new one.</summary>
public sealed record Model
{
    /// <summary>Puts a model together and checks that the numbers fit the graph.</summary>
    /// <exception cref="ParameterMismatchException">Parameters are missing, unexpected or of other shapes; all of them are listed.</exception>
    public Model(Graph graph, Parameters parameters, ModelMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(metadata);
        ParameterMismatchException.ThrowIfAny(graph, parameters);
        Graph = graph;
        Parameters = parameters;
        Metadata = metadata;
    }

    /// <summary>The network.</summary>
    public Graph Graph { get; }

    /// <summary>Its numbers.</summary>
    public Parameters Parameters { get; }

    /// <summary>Labels, preprocessing, stages and lineage.</summary>
    public ModelMetadata Metadata { get; }

    /// <summary>The numbers of a node's parameter that the network computes with: see <see cref="Parameter.Effective"/>.</summary>
    public Tensor Value(Node node, string role)
    {
        ArgumentNullException.ThrowIfNull(node);
        return Parameters[node.Parameter(role)].Effective;
    }

    /// <summary>The same network with other numbers.</summary>
    public Model With(Parameters parameters) => new(Graph, parameters, Metadata);

    /// <summary>The same network with other metadata.</summary>
    public Model With(ModelMetadata metadata) => new(Graph, Parameters, metadata);

    /// <summary>The same model for samples of another shape.</summary>
    public Model WithInput(Shape shape) => new(Graph.WithInput(shape), Parameters, Metadata);
}
