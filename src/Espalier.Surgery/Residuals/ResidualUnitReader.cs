using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Finds the residual block that ends at an addition or stochastic depth op.</summary>
internal sealed class ResidualUnitReader(Graph graph)
{
    private readonly Dominators _dominators = new(graph);

    /// <summary>The block, named after its join, or <see langword="null"/> with the reason why the join does not end a residual block.</summary>
    internal ResidualUnit? Read(Node join, out string reason)
    {
        reason = join.Inputs.Count != 2 ? $"adds {join.Inputs.Count} values, not a shortcut and a branch"
            : join.Op is StochasticDepth { Form: StochasticDepthForm.Bypass } ? "is the bypass of a whole module"
            : join.Inputs[0] == join.Inputs[1] ? "adds a value to itself"
            : "";
        if (reason.Length > 0)
        {
            return null;
        }

        if (_dominators.Meet(join.Inputs[0], join.Inputs[1]) is not string split)
        {
            reason = "joins values of different inputs";
            return null;
        }

        (Side first, Side second) = (Walk(split, join.Inputs[0]), Walk(split, join.Inputs[1]));
        reason = WhyNot(join, first, second);
        if (reason.Length > 0)
        {
            return null;
        }

        // Stochastic depth has the shortcut as its first input; of a sum, the side that computes less is the shortcut.
        (Side shortcut, Side branch) = join.Op is StochasticDepth || first.IsShortcutOf(second) ? (first, second) : (second, first);
        return new ResidualUnit(join.Name, join, split, shortcut.End, branch.End, KindOf(shortcut))
        {
            BranchNodes = ValueList.From(branch.Nodes.Select(node => node.Name)),
            ShortcutNodes = ValueList.From(shortcut.Nodes.Select(node => node.Name)),
        };
    }

    private string WhyNot(Node join, Side first, Side second)
    {
        if (first.Nodes.Intersect(second.Nodes).FirstOrDefault() is Node shared)
        {
            return $"joins two paths that both contain '{shared.Name}'";
        }

        if (first.Nodes.Concat(second.Nodes).FirstOrDefault(node => IsReadElsewhere(node, join, first, second)) is Node read)
        {
            return $"joins a branch whose node '{read.Name}' is also read by other nodes";
        }

        return join.Op is StochasticDepth || first.IsShortcutOf(second) || second.IsShortcutOf(first) ? ""
            : first.IsLinear && second.IsLinear ? "adds linear branches, which fold into one convolution"
            : "joins two branches of which neither is a shortcut";
    }

    private bool IsReadElsewhere(Node node, Node join, Side first, Side second) =>
        graph.Outputs.Contains(node.Name) || graph.UsersOf(node.Name).Any(user => user != join && !first.Nodes.Contains(user) && !second.Nodes.Contains(user));

    private Side Walk(string split, string end)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { split };
        var pending = new Stack<string>([end]);
        var nodes = new List<Node>();
        while (pending.TryPop(out string? name))
        {
            if (seen.Add(name))
            {
                Node node = graph[name];
                nodes.Add(node);
                foreach (string input in node.Inputs)
                {
                    pending.Push(input);
                }
            }
        }

        return new Side(end, [.. nodes.OrderBy(node => _dominators.PlaceOf(node.Name))]);
    }

    private static ShortcutKind KindOf(Side shortcut) =>
        shortcut.Nodes.Length == 0 ? ShortcutKind.Identity
        : Array.Exists(shortcut.Nodes, node => node.Op.Parameters.Count > 0) ? ShortcutKind.Projection
        : ShortcutKind.PaddedIdentity;

    /// <summary>One path from the split to the join.</summary>
    private sealed record Side(string End, Node[] Nodes)
    {
        internal bool IsLinear => Array.TrueForAll(Nodes, node => CanBeShortcut(node.Op));

        /// <summary>Whether this side has the form of a shortcut: it has no nodes, or it is linear with at most one layer with weights while the other side is not linear.</summary>
        internal bool IsShortcutOf(Side other) =>
            Nodes.Length == 0 || (IsLinear && !other.IsLinear && Nodes.Count(node => node.Op is Conv2d or Linear) <= 1);

        private static bool CanBeShortcut(Op op) => op.Type switch
        {
            OpType.Conv2d or OpType.Linear or OpType.BatchNorm or OpType.GroupNorm or OpType.LayerNorm or OpType.Affine or OpType.AveragePool
                or OpType.AdaptiveAveragePool or OpType.BlurPool or OpType.Pad or OpType.PadChannels or OpType.ChannelSlice or OpType.ChannelShuffle
                or OpType.Concat or OpType.Add or OpType.StochasticDepth or OpType.Dropout or OpType.Flatten => true,
            OpType.MaxPool => ((MaxPool)op).Kernel == 1,
            OpType.Input or OpType.LocalResponseNorm or OpType.Quantize or OpType.Activation or OpType.Softmax or OpType.RadixSoftmax or OpType.Multiply or OpType.ChannelConv1d or OpType.PRelu
                or OpType.AdaptiveMaxPool => false,
        };
    }
}
