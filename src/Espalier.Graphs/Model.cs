using System.Globalization;
using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A network with parameters and metadata. Immutable; a pass creates a new model.</summary>
public sealed record Model
{
    /// <summary>Creates a model and checks that the parameters match the graph.</summary>
    /// <exception cref="ParameterMismatchException">Parameters are missing, unexpected or have other shapes; the message lists all of them.</exception>
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

    /// <summary>The network's graph.</summary>
    public Graph Graph { get; }

    /// <summary>The parameters and buffers by name.</summary>
    public Parameters Parameters { get; }

    /// <summary>Labels, preprocessing, stages and lineage.</summary>
    public ModelMetadata Metadata { get; }

    /// <summary>
    /// The value of a node's parameter as the network computes with it: after masking (<see cref="Parameter.Effective"/>); the weight of a layer with quantized weights
    /// (<see cref="Conv2d.QuantizedWeights"/>) as float32, integer times scale.
    /// </summary>
    /// <exception cref="EspalierException">Quantized weights cannot be computed: a scale is not positive and finite, a weight is not finite, or an integer is −128.</exception>
    public Tensor Value(Node node, string role)
    {
        ArgumentNullException.ThrowIfNull(node);
        return role == "weight" && QuantizedLayer.Is(node.Op) ? QuantizedLayer.Dequantize(this, node) : Parameters[node.Parameter(role)].Effective;
    }

    /// <summary>A copy with other parameters.</summary>
    public Model With(Parameters parameters) => new(Graph, parameters, Metadata);

    /// <summary>A copy with other metadata.</summary>
    public Model With(ModelMetadata metadata) => new(Graph, Parameters, metadata);

    /// <summary>A copy for samples of another shape.</summary>
    public Model WithInput(Shape shape) => new(Graph.WithInput(shape), Parameters, Metadata);

    /// <summary>Architecture, input, outputs and the number of parameters: <c>resnet50: 3x224x224 to 1000, 25557032 parameters</c>.</summary>
    public override string ToString()
    {
        long count = Graph.Parameters.Where(parameter => !parameter.Value.IsBuffer).Sum(parameter => (long)parameter.Value.Shape.Count);
        string outputs = string.Join(" and ", Graph.Outputs.Select(output => Graph.ShapeOf(output)));
        return string.Create(CultureInfo.InvariantCulture, $"{(Metadata.Architecture.Length > 0 ? Metadata.Architecture : "network")}: {Graph.ShapeOf(Graph.Input.Name)} to {outputs}, {count} parameters");
    }
}
