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
    private readonly IntegerValues _integers;
    private readonly ImmutableArray<FusedNode> _groups;
    private readonly WeightStaging _staging;
    private readonly Dictionary<string, object> _shared;
    private readonly PlanMemory _memory;
    private readonly IntegerPlacement _integerPlacement;
    private readonly Dictionary<string, PlanValue> _values = new(StringComparer.Ordinal); // in floating point
    private readonly List<ILowering> _calls = [];

    private PlanBuilder(Model model, LoweringOptions options, InferencePlan? other)
    {
        Graph graph = model.Graph;
        _model = model;
        _options = options;
        _integers = new IntegerValues(model);
        _groups = Fusion.Group(graph, _integers, options.FusesNorms);
        _staging = new WeightStaging(_groups.Max(group => group.Node.Op is Conv2d ? group.Node.Op.Parameters[0].Shape.Count : 0));
        _shared = (other?.Steps ?? []).SelectMany(WeightsOf).ToDictionary(StringComparer.Ordinal);
        _memory = new PlanMemory(
            graph,
            options.InstructionSet.Lanes,
            _groups.Where(group => group.Node.Op is not (Input or Flatten)).Select(group => group.Result.Name).ToHashSet(StringComparer.Ordinal),
            [.. _groups.Select(group => group.Node)],
            ((string[])[graph.Input.Name]).Where(name => PlanMemory.IsImage(graph, name)).ToDictionary(name => name, _ => InstructionSet.Vector128Bit.Lanes, StringComparer.Ordinal),
            isInteger: false);
        _integerPlacement = new IntegerPlacement(model, _integers);
    }

    /// <summary>Lowers a model that <see cref="Surgery.InferenceFolding"/> has prepared. Weights are packed in parallel on the pool's threads.</summary>
    /// <param name="model">The model, at the plan's input size.</param>
    /// <param name="options">Lowering options.</param>
    /// <param name="pool">The threads that pack weights.</param>
    /// <param name="other">A plan for another shape, whose packed weights are shared where possible, or <see langword="null"/>.</param>
    internal static InferencePlan Build(Model model, LoweringOptions options, WorkerPool pool, InferencePlan? other)
    {
        Graph graph = model.Graph;
        var builder = new PlanBuilder(model, options, other);
        builder.PlaceAll();
        ILowering[] calls = [.. builder._calls];
        var lowered = new Step[calls.Length];
        pool.Run(calls.Length, i => lowered[i] = calls[i].Lower());
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

    private void PlaceAll()
    {
        Dictionary<string, FusedNode> groups = _groups.ToDictionary(group => group.Node.Name, StringComparer.Ordinal);
        foreach (Node node in _model.Graph.Nodes)
        {
            if (_integers.PointOf(node.Name) is not null)
            {
                _calls.AddRange(_integerPlacement.Place(node, FloatingPoint, _shared.GetValueOrDefault(node.Name)) is { } call ? [call] : []);
            }
            else if (groups.TryGetValue(node.Name, out FusedNode? group) && !(node.Op is Input && _integerPlacement.IsOnlyRounded(node)))
            {
                Place(group);
            }
        }

        foreach (string output in _model.Graph.Outputs)
        {
            FloatingPoint(output);
        }
    }

    // A value as floats: made of integers where there are only those.
    private PlanValue FloatingPoint(string name)
    {
        if (!_values.TryGetValue(name, out PlanValue? value))
        {
            value = _values[name] = _memory.Place(name);
            _calls.Add(new DequantizationCall(name, _integerPlacement[name], value));
        }

        return value;
    }

    // Chooses where a fused node reads and writes; one that needs no step gets none.
    private void Place(FusedNode group)
    {
        string name = group.Result.Name;
        PlanValue[] inputs = [.. group.Node.Inputs.Select(FloatingPoint)];
        PlanValue? residual = group.Residual is null ? null : FloatingPoint(group.Residual);
        PlanValue output = _memory.Place(name);
        if (group.Node.Op is Flatten && IsAlias(inputs[0].Layout, output.Layout))
        {
            _values[name] = inputs[0];
            return;
        }

        _values[name] = output;
        if (group.Node.Op is not Concat || ConcatSteps.ToCopy(inputs, output).Count > 0)
        {
            _calls.Add(new LoweringContext(_model, group, inputs, residual, output, _options, _staging, _shared.GetValueOrDefault(name)));
        }
    }

    // A map of one pixel without border has the same layout as a vector.
    private static bool IsAlias(BlockedLayout map, BlockedLayout vector) => map == vector;
}
