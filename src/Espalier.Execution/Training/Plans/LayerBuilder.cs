using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Creates the layers of a plan, in order, and the values between them.</summary>
internal sealed class LayerBuilder
{
    private readonly Graph _graph;
    private readonly TrainingPlanOptions _options;
    private readonly TrainingState _state;
    private readonly ValueList<string> _outputs;
    private readonly InstructionSet _set;
    private readonly SampleNeeds _needs;
    private readonly Dictionary<string, Padding> _borders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TrainingValue> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<(TrainingValue, SampleNeed), TrainingValue> _gathered = [];
    private readonly List<TrainingLayer> _layers = [];
    private readonly Dictionary<TrainingParameter, int> _firstUses = []; // the first in the forward pass is the last in the backward pass

    internal LayerBuilder(Graph graph, TrainingPlanOptions options, TrainingState state, SampleNeeds needs)
    {
        (_graph, _options, _state, _needs) = (graph, options, state, needs);
        _outputs = options.OutputsOf(graph);
        _set = options.InstructionSet ?? InstructionSet.Best;
        foreach (Node node in graph.Nodes)
        {
            if (node.Op is Conv2d conv)
            {
                Padding read = conv.Window.PaddingRead(FeatureMap.Of(graph.ShapeOf(node.Inputs[0])).Size, FeatureMap.Of(graph.ShapeOf(node.Name)).Size);
                _borders[node.Inputs[0]] = Padding.Max(_borders.GetValueOrDefault(node.Inputs[0]), read);
            }
        }
    }

    /// <summary>The values of the trained outputs, the network's first output first.</summary>
    internal IEnumerable<TrainingValue> Outputs => _outputs.Select(name => _values[name]);

    /// <summary>The value of a node that is no inner node of a group, as those of <see cref="TrainingRunOptions.GradientsOf"/> are not.</summary>
    internal TrainingValue ValueOf(string name) => _values[name];

    /// <summary>For each layer the trainable parameters that no layer before it has.</summary>
    internal TrainingParameter[][] LastUses() => [.. Enumerable.Range(0, _layers.Count).Select(layer => _firstUses.Where(use => use.Value == layer).Select(use => use.Key).ToArray())];

    internal List<TrainingLayer> Build()
    {
        foreach (TrainingGroup group in TrainingFusion.Group(_graph, _needs, _options))
        {
            Place(group);
        }

        return _layers;
    }

    private void Place(TrainingGroup group)
    {
        string name = group.Result.Name;
        SampleNeed need = _needs.Of(name)!;
        IEnumerable<string> reads = group.Residual is null ? group.Node.Inputs : group.Node.Inputs.Append(group.Residual);
        TrainingValue[] inputs = [.. reads.Select(input => group.Node.Op is StochasticDepth ? _values[input] : Gathered(_values[input], need))];
        TrainingValue output = IsInPlace(group.Node, inputs) ? inputs[0] : new TrainingValue(name, LayoutOf(name), need);
        _values[name] = output;
        output.NeedsGradient |= _options.GradientsOf.Contains(name) || inputs.Any(input => input.NeedsGradient)
            || group.Node.Op.Parameters.Any(spec => !spec.IsBuffer && _state.Get(group.Node, spec.Role).Trainable);
        _layers.Add(LayerTable.Create(new LayerContext(group, inputs, output, _state, _set, _options.ConvolutionKernels, _options.Batch, _options.IsFrozen(group.Node), _options.Statistics)));
        foreach (ParameterSpec spec in group.Node.Op.Parameters)
        {
            if (!spec.IsBuffer && _state.Get(group.Node, spec.Role) is { Trainable: true } parameter)
            {
                _firstUses.TryAdd(parameter, _layers.Count - 1);
            }
        }
    }

    // An activation whose derivative is a function of its output may overwrite its input, if no other layer reads that, including the backward pass of the layer that computed it, and the gradients of both are not kept.
    private bool IsInPlace(Node node, TrainingValue[] inputs) =>
        node.Op is ActivationOp op && op.Activation.CanForgetInput && _graph.HasSingleUse(node.Inputs[0])
        && _layers.Last(layer => layer.Output == inputs[0]) is { ReadsOutputBackward: false } and not (InputLayer or GatherLayer)
        && inputs[0].Need == _needs.Of(node.Name)
        && !_options.GradientsOf.Contains(node.Name) && !_options.GradientsOf.Contains(node.Inputs[0]);

    private TrainingValue Gathered(TrainingValue value, SampleNeed need)
    {
        if (value.Need == need || !(value.Need.DependsOnRows || need.DependsOnRows))
        {
            return value;
        }

        if (!_gathered.TryGetValue((value, need), out TrainingValue? rows))
        {
            rows = new TrainingValue(value.Name, value.Layout, need) { NeedsGradient = value.NeedsGradient };
            _gathered[(value, need)] = rows;
            _layers.Add(new GatherLayer(value.Name, value, rows));
        }

        return rows;
    }

    private BlockedLayout LayoutOf(string name)
    {
        FeatureMap map = FeatureMap.Of(_graph.ShapeOf(name));
        Padding border = _borders.GetValueOrDefault(name);
        if (_graph.HasSingleUse(name) && _graph.UsersOf(name)[0] is { Op: ActivationOp } activation)
        {
            border = Padding.Max(border, _borders.GetValueOrDefault(activation.Name)); // the activation may work in place
        }

        return new BlockedLayout(map.Channels, map.Height, map.Width, LanesOf(name, map.Channels), border);
    }

    // As in inference: storing three channels in blocks of 16 would use a fifth of the memory. Gradients of convolutions' inputs have blocks of 16.
    private int LanesOf(string name, int channels)
    {
        int narrow = InstructionSet.Vector128Bit.Lanes;
        bool isImage = _graph[name].Op is Input && channels <= narrow && !_outputs.Contains(name) && !_options.GradientsOf.Contains(name) && _graph.UsersOf(name).All(user => user.Op is Conv2d { Groups: 1 });
        return isImage ? narrow : _set.Lanes;
    }
}
