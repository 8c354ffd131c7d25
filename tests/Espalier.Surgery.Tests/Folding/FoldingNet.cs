using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>Small networks to fold.</summary>
internal static class FoldingNet
{
    internal static readonly LinearFolding Fold = new();

    internal static readonly LinearFolding FoldAlways = new(new LinearFoldingOptions(Always: true));

    internal static Model Build(int channels, int height, int width, Func<Value, Value> body)
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(body(net.Input(channels, height, width)));
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }

    internal static Tensor Sample(Model model) => CounterFill.Input(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(2));

    internal static double Change(Model before, Model after) =>
        PassVerification.RelativeDifference(before, after, Sample(before), ReferenceRuntime.Instance);

    /// <summary>What a fold leaves is one layer behind the input.</summary>
    internal static Node OnlyLayer(Model folded) => Assert.Single(folded.Graph.Nodes, node => node.Op is not Input);
}
