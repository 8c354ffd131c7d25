using Espalier.Graphs;

namespace Espalier.Execution;

/// <summary>Groups the nodes that lead to the output into layers: a batch norm takes in the sum, be it one that stochastic depth drops at times, and the ReLU behind it.</summary>
internal static class TrainingFusion
{
    internal static List<TrainingGroup> Group(Graph graph, SampleNeeds needs, Func<Node, bool> isFrozen)
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
            if (node.Op is BatchNorm && !isFrozen(node))
            {
                group = WithRelu(graph, needs, WithResidual(graph, needs, group, ready));
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

    // Of a sum's two branches the one computed last takes in the sum: by then the other is there to be added.
    private static TrainingGroup WithResidual(Graph graph, SampleNeeds needs, TrainingGroup group, HashSet<string> ready)
    {
        Node? reader = Reader(graph, needs, group.Result);
        if ((reader is { Op: Add, Inputs.Count: 2 } ? reader : DroppedSum(graph, needs, group.Result)) is not { } sum)
        {
            return group;
        }

        string other = sum.Inputs[0] == group.Result.Name ? sum.Inputs[1] : sum.Inputs[0];
        bool isOwnInput = other == group.Node.Inputs[0]; // one kernel cannot add to one gradient twice
        return ready.Contains(other) && !isOwnInput ? group with { Result = sum, Residual = other } : group;
    }

    // A join that adds the branch as it is or leaves it out for the whole batch. The other forms have factors, or rows of their own.
    private static Node? DroppedSum(Graph graph, SampleNeeds needs, Node node) =>
        graph.HasSingleUse(node.Name)
        && graph.UsersOf(node.Name)[0] is { Op: StochasticDepth { Form: StochasticDepthForm.Residual, Mode: StochasticDepthMode.Batch, Scaling: StochasticDepthScaling.Paper } } join
        && join.Inputs[1] == node.Name
        && needs.Of(join.Name) is { DependsOnRows: false }
            ? join
            : null;

    private static TrainingGroup WithRelu(Graph graph, SampleNeeds needs, TrainingGroup group) =>
        Reader(graph, needs, group.Result) is { Op: Relu } relu ? group with { Result = relu, Relu = true } : group;

    // The only reader, if it is computed for the same samples.
    private static Node? Reader(Graph graph, SampleNeeds needs, Node node) =>
        graph.HasSingleUse(node.Name) && needs.Of(node.Name) == needs.Of(graph.UsersOf(node.Name)[0].Name) ? graph.UsersOf(node.Name)[0] : null;
}
