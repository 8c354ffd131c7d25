using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Finds sums and concatenations in which only some operands are linear in the same source, and merges those operands: (a + r) + b = (a + b) + r.</summary>
/// <remarks>
/// Nested joins of the same op whose outputs no other node reads are treated as one join. The operands to merge are moved into a separate join, which then is a
/// region like any other. In a concatenation only neighbouring operands are merged, so that the channels keep their order.
/// </remarks>
internal sealed class PartialJoins
{
    private readonly Model _model;
    private readonly LinearFoldingOptions _options;
    private readonly IReadOnlyDictionary<string, int> _order;

    private PartialJoins(Model model, LinearFoldingOptions options) =>
        (_model, _options, _order) = (model, options, LinearRegion.Order(model.Graph));

    private Graph Graph => _model.Graph;

    /// <summary>The re-association and the merge that it makes possible, or <see langword="null"/> if there is none.</summary>
    internal static FoldingStep? Find(Model model, LinearFoldingOptions options)
    {
        var joins = new PartialJoins(model, options);
        return model.Graph.Nodes.Reverse().Where(joins.IsOutermost).Select(joins.Split).FirstOrDefault(step => step is not null);
    }

    private bool IsOutermost(Node node) => node.Op is Add or Concat
        && !(Graph.HasSingleUse(node.Name) && Graph.UsersOf(node.Name)[0].Op == node.Op);

    private FoldingStep? Split(Node root)
    {
        string[] operands = [.. Operands(root)];
        foreach ((string source, int[] members) in Candidates(root.Op, operands))
        {
            if (Merge(root, operands, source, members) is FoldingStep step)
            {
                return step;
            }
        }

        return null;
    }

    private IEnumerable<string> Operands(Node join) => join.Inputs.SelectMany(input =>
        Graph.HasSingleUse(input) && Graph[input].Op == join.Op ? Operands(Graph[input]) : [input]);

    /// <summary>The sources that several operands share, earliest first, each with all operands that share it and then with every pair of them.</summary>
    private IEnumerable<(string Source, int[] Members)> Candidates(Op join, string[] operands)
    {
        HashSet<string>[] sources = [.. operands.Select(operand => new HashSet<string>(Sources(operand), StringComparer.Ordinal))];
        foreach (string source in sources.SelectMany(set => set).Distinct().OrderBy(name => _order[name]))
        {
            int[] sharing = [.. Enumerable.Range(0, operands.Length).Where(i => sources[i].Contains(source))];
            foreach (int[] members in Subsets(sharing).Where(members => members.Length < operands.Length))
            {
                if (join is Add || members[^1] - members[0] == members.Length - 1)
                {
                    yield return (source, members);
                }
            }
        }
    }

    private static IEnumerable<int[]> Subsets(int[] sharing)
    {
        if (sharing.Length > 2)
        {
            yield return sharing;
        }

        for (int i = 0; i < sharing.Length; i++)
        {
            for (int j = i + 1; j < sharing.Length; j++)
            {
                yield return [sharing[i], sharing[j]];
            }
        }
    }

    private IEnumerable<string> Sources(string operand)
    {
        Node node = Graph[operand];
        IEnumerable<string> before = LinearOps.IsLinear(node.Op) ? LinearRegion.EndingAt(Graph, _order, node).Select(region => region.Source) : [];
        return before.Prepend(operand);
    }

    private FoldingStep? Merge(Node root, string[] operands, string source, int[] members)
    {
        var part = new Node(Graph.FreeName(root.Name + "_part"), root.Op, ValueList.From(members.Select(i => operands[i])));
        IEnumerable<string> rest = operands.Select((operand, i) => i == members[0] ? part.Name : operand).Where((_, i) => i == members[0] || !members.Contains(i));
        Patch split = new Patch($"{part.Inputs} out of {root.Name}").Put(part).Put(root with { Inputs = ValueList.From(rest) });
        Model divided = _model.Apply(split);
        LinearRegion? region = LinearRegion.EndingAt(divided.Graph, LinearRegion.Order(divided.Graph), part).FirstOrDefault(region => region.Source == source);
        return region is not null && RegionMerge.Try(divided, region, [], _options, out _) is RegionMerge merge
            ? new FoldingStep([[split], [merge.Patch]], [merge.Region with { Transforms = merge.Region.Transforms.Add(MergeTransform.PartialJoin) }])
            : null;
    }
}
