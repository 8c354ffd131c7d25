using System.Collections.Immutable;
using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Lowers a prepared model to a plan: fuses nodes, chooses layouts, packs weights, places memory.</summary>
internal sealed class PlanBuilder
{
    private readonly Model _model;
    private readonly LoweringOptions _options;
    private readonly WeightStaging _staging;
    private readonly Dictionary<string, object> _shared;
    private readonly IReadOnlyDictionary<string, ConcatSlice> _slices;
    private readonly IReadOnlyDictionary<string, Padding> _borders;
    private readonly Dictionary<string, PlanValue> _wholes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PlanValue> _values = new(StringComparer.Ordinal);

    private PlanBuilder(Model model, ImmutableArray<FusedNode> groups, LoweringOptions options, InferencePlan? other)
    {
        _model = model;
        _options = options;
        _staging = new WeightStaging(groups.Max(group => group.Node.Op is Conv2d ? group.Node.Op.Parameters[0].Shape.Count : 0));
        _shared = (other?.Steps ?? []).SelectMany(WeightsOf).ToDictionary(StringComparer.Ordinal);
        _slices = ConcatSlices.Of(model.Graph, groups, options.InstructionSet.Lanes);
        _borders = ConcatSlices.Unite(BorderNeeds.Of(model.Graph, groups), _slices);
    }

    /// <summary>Lowers a model that <see cref="Surgery.InferenceFolding"/> has prepared. Weights are packed in parallel on the pool's threads.</summary>
    /// <param name="model">The model, at the plan's input size.</param>
    /// <param name="options">Lowering options.</param>
    /// <param name="pool">The threads that pack weights.</param>
    /// <param name="other">A plan for another shape, whose packed weights are shared where possible, or <see langword="null"/>.</param>
    internal static InferencePlan Build(Model model, LoweringOptions options, WorkerPool pool, InferencePlan? other)
    {
        Graph graph = model.Graph;
        ImmutableArray<FusedNode> groups = Fusion.Group(graph, options.FusesNorms);
        var builder = new PlanBuilder(model, groups, options, other);
        LoweringContext[] calls = [.. groups.Select(builder.Place).OfType<LoweringContext>()];
        var lowered = new Step[calls.Length];
        pool.Run(calls.Length, i => lowered[i] = StepTable.Lower(calls[i]));
        ImmutableArray<PlanOutput> outputs = [.. graph.Outputs.Select(name => new PlanOutput(name, graph.ShapeOf(name), builder._values[name]))];
        ImmutableArray<Step> steps = options.JoinsDepthwise ? DepthwisePairs.Join(calls, lowered, outputs.Select(output => output.Value)) : [.. lowered];
        return new InferencePlan
        {
            Steps = steps,
            StepShapes = [.. steps.Select(step => graph.ShapeOf(step.Name))],
            Outputs = outputs,
            MapsOutweighWeights = BatchPasses.MapsOutweighWeights(steps),
            ArenaLength = MemoryPlan.Place(steps, outputs.Select(output => output.Value)),
        };
    }

    /// <summary>The weights of a step by the names of the steps that they belong to.</summary>
    private static IEnumerable<KeyValuePair<string, object>> WeightsOf(Step step) => step.Weights switch
    {
        PairWeights pair => [new(pair.FirstName, pair.First), new(step.Name, pair.Second)],
        object weights => [new(step.Name, weights)],
        null => [],
    };

    // Chooses where a fused node reads and writes; returns null for one that needs no step.
    private LoweringContext? Place(FusedNode group)
    {
        string name = group.Result.Name;
        PlanValue[] inputs = [.. group.Node.Inputs.Select(input => _values[input])];
        PlanValue output = Value(name);
        if (group.Node.Op is Flatten && IsAlias(inputs[0].Layout, output.Layout))
        {
            _values[name] = inputs[0];
            return null;
        }

        _values[name] = output;
        if (group.Node.Op is Concat && ConcatSteps.ToCopy(inputs, output).Count == 0)
        {
            return null;
        }

        PlanValue? residual = group.Residual is null ? null : _values[group.Residual];
        return new LoweringContext(_model, group, inputs, residual, output, _options, _staging, _shared.GetValueOrDefault(name));
    }

    private PlanValue Value(string name)
    {
        BlockedLayout layout = LayoutOf(name);
        if (!_slices.TryGetValue(name, out ConcatSlice? slice))
        {
            return Whole(name);
        }

        PlanValue whole = Whole(slice.Whole);
        return new PlanValue(name, layout with { ImageBlocks = whole.Layout.Blocks }) { Whole = whole, Start = slice.FirstBlock * layout.BlockStride };
    }

    // The memory of a concat that others are parts of is allocated with the first of them.
    private PlanValue Whole(string name)
    {
        if (!_wholes.TryGetValue(name, out PlanValue? whole))
        {
            whole = _wholes[name] = new PlanValue(name, LayoutOf(name));
        }

        return whole;
    }

    // A map of one pixel without border has the same layout as a vector.
    private static bool IsAlias(BlockedLayout map, BlockedLayout vector) => map == vector;

    private BlockedLayout LayoutOf(string name)
    {
        FeatureMap map = FeatureMap.Of(_model.Graph.ShapeOf(name));
        return new BlockedLayout(map.Channels, map.Height, map.Width, LanesOf(name, map.Channels), _borders.GetValueOrDefault(name));
    }

    // Three channels in blocks of 16 would use a fifth of their memory. Dense convolutions can read narrower blocks.
    private int LanesOf(string name, int channels)
    {
        int narrow = InstructionSet.Vector128Bit.Lanes;
        bool isImage = _model.Graph[name].Op is Input && channels <= narrow && !_model.Graph.Outputs.Contains(name)
            && _model.Graph.UsersOf(name).All(user => user.Op is Conv2d { Groups: 1 });
        return isImage ? narrow : _options.InstructionSet.Lanes;
    }
}
