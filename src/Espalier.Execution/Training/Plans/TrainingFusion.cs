using Espalier.Graphs;

namespace Espalier.Execution;

/// <summary>Groups the nodes that a trained output depends on into layers: the sum after a batch norm, with or without stochastic depth, and the ReLU after it are fused into the batch norm.</summary>
internal static class TrainingFusion
{
    internal static List<TrainingGroup> Group(Graph graph, SampleNeeds needs, TrainingRunOptions options)
    {
        List<TrainingGroup> groups = [];
        var ready = new HashSet<string>(StringComparer.Ordinal);
        var absorbed = new HashSet<string>(StringComparer.Ordinal);
        foreach (Node node in graph.Nodes.Where(node => needs.Of(node.Name) is not null))
        {
            if (absorbed.Contains(node.Name))
            {
                continue;
            }

            var group = new TrainingGroup(node, node, null, false);
            if (node.Op is BatchNorm && !options.IsFrozen(node))
            {
                group = WithRelu(graph, needs, options, WithResidual(graph, needs, options, group, ready));
                absorbed.UnionWith([group.Result.Name]);
                if (group.Residual is not null)
                {
                    absorbed.Add(graph.UsersOf(node.Name)[0].Name);
                }
            }

            groups.Add(group);
            ready.Add(group.Result.Name);
        }

        return groups;
    }

    // A sum is fused into the branch that is computed last, when the value of the other branch is available.
    private static TrainingGroup WithResidual(Graph graph, SampleNeeds needs, TrainingRunOptions options, TrainingGroup group, HashSet<string> ready)
    {
        Node? reader = Reader(graph, needs, options, group.Result);
        if ((reader is { Op: Add, Inputs.Count: 2 } ? reader : DroppedSum(graph, needs, options, group.Result)) is not { } sum)
        {
            return group;
        }

        string other = sum.Inputs[0] == group.Result.Name ? sum.Inputs[1] : sum.Inputs[0];
        bool isOwnInput = other == group.Node.Inputs[0]; // a kernel cannot add to the same gradient twice
        return ready.Contains(other) && !isOwnInput ? group with { Result = sum, Residual = other } : group;
    }

    // A stochastic depth node that adds the branch without a factor or drops it for the whole batch. Others have factors, or choose per sample.
    private static Node? DroppedSum(Graph graph, SampleNeeds needs, TrainingRunOptions options, Node node) =>
        IsOnlyRead(graph, options, node)
        && graph.UsersOf(node.Name)[0] is { Op: StochasticDepth { Form: StochasticDepthForm.Residual, Mode: StochasticDepthMode.Batch, Scaling: StochasticDepthScaling.Paper } } join
        && join.Inputs[1] == node.Name
        && needs.Of(join.Name) is { DependsOnRows: false }
            ? join
            : null;

    private static TrainingGroup WithRelu(Graph graph, SampleNeeds needs, TrainingRunOptions options, TrainingGroup group) =>
        Reader(graph, needs, options, group.Result) is { Op: Relu } relu ? group with { Result = relu, Relu = true } : group;

    // The only reader, if it is computed for the same samples.
    private static Node? Reader(Graph graph, SampleNeeds needs, TrainingRunOptions options, Node node) =>
        IsOnlyRead(graph, options, node) && needs.Of(node.Name) == needs.Of(graph.UsersOf(node.Name)[0].Name) ? graph.UsersOf(node.Name)[0] : null;

    // Whether the value of a node is needed by one reader alone, and neither it nor its gradient after the pass.
    private static bool IsOnlyRead(Graph graph, TrainingRunOptions options, Node node) => graph.HasSingleUse(node.Name) && !options.GradientsOf.Contains(node.Name);
}
