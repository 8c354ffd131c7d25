using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>The parameters and buffers of a model in training, owned by the plan.</summary>
internal sealed class TrainingState
{
    private Model _model;
    private readonly Dictionary<string, TrainingParameter> _parameters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> _buffers = new(StringComparer.Ordinal);
    private readonly ImmutableArray<BiasRoom> _biases;

    internal TrainingState(Model model, TrainingRunOptions options)
    {
        ValueList<string> frozen = options.Frozen;
        _model = model = model.With(QuantizedLayer.InFloat(model.Graph, model.Parameters));
        foreach (string scope in frozen)
        {
            if (!model.Graph.InScope(scope).Any())
            {
                throw new EspalierException($"The network has no scope '{scope}' to freeze; its first nodes are {string.Join(", ", model.Graph.Nodes.Take(5).Select(node => node.Name))}.");
            }
        }

        HashSet<string> owned = [.. frozen.SelectMany(model.Graph.InScope).SelectMany(node => node.Parameters)]; // their names may be outside the scope
        Dictionary<string, Node> owners = model.Graph.Nodes.SelectMany(node => node.Parameters.Select(name => (name, node))).DistinctBy(pair => pair.name).ToDictionary(StringComparer.Ordinal);
        var parameters = ImmutableArray.CreateBuilder<TrainingParameter>();
        foreach ((string name, ParameterSpec spec) in model.Graph.Parameters)
        {
            if (!model.Parameters.TryGetValue(name, out Parameter? parameter))
            {
                continue; // num_batches_tracked, which old checkpoints lack
            }

            if (spec.IsBuffer)
            {
                _buffers[name] = parameter.Value.To(spec.Storage).Copy();
                continue;
            }

            bool trainable = parameter.Trainable && (options.LearnScales || !spec.IsScale) && !owned.Contains(name) && !frozen.Any(scope => ScopeName.Contains(scope, name));
            var training = new TrainingParameter(name, KindOf(owners[name], spec), spec.Shape, parameter.Mask, trainable);
            parameter.Effective.To(ElementType.Float32).Read<float>().CopyTo(training.Value.Span);
            _parameters[name] = training;
            parameters.Add(training);
        }

        Parameters = parameters.ToImmutable();
        _biases = [.. BiasRoom.Of(model.Graph)];
    }

    internal ImmutableArray<TrainingParameter> Parameters { get; }

    internal IReadOnlyDictionary<string, Tensor> Buffers => _buffers;

    /// <summary>The parameter of a node in a role; <see langword="null"/> if the op has no such role.</summary>
    internal TrainingParameter? Find(Node node, string role) => node.Op.Parameters.Any(spec => spec.Role == role) ? _parameters[node.Parameter(role)] : null;

    /// <summary>The parameter of a node in a role that its op always has.</summary>
    internal TrainingParameter Get(Node node, string role) => _parameters[node.Parameter(role)];

    /// <summary>The buffer of a node in a role; <see langword="null"/> for a missing <c>num_batches_tracked</c>.</summary>
    internal Tensor? Buffer(Node node, string role) => _buffers.GetValueOrDefault(node.Parameter(role));

    /// <summary>Checks that no scale of a quantization is 0 or negative; one that is not finite gives a loss that is not, which training reports.</summary>
    /// <exception cref="EspalierException">One is; the message names it.</exception>
    internal void RequireScales()
    {
        foreach (TrainingParameter parameter in Parameters.Where(parameter => parameter.Kind == TrainingParameterKind.Scale))
        {
            foreach (float scale in parameter.Value.Span)
            {
                if (scale <= 0)
                {
                    throw new EspalierException($"'{parameter.Name}' has the element {scale} in training; expected positive scales.");
                }
            }
        }
    }

    /// <summary>Widens scales where biases would not fit (<see cref="BiasRoom"/>): after each change of parameters, so that every model of a training can be run in integers.</summary>
    internal void WidenScales()
    {
        foreach (BiasRoom room in _biases)
        {
            room.Widen(_parameters[room.Bias].Value.Span, _parameters[room.InputScale].Value.Span[0], _parameters[room.Scales].Value.Span);
        }
    }

    /// <summary>Copies a tensor into the parameter or buffer of the given name; masked elements stay 0.</summary>
    internal void Load(string name, Tensor tensor)
    {
        if (_parameters.TryGetValue(name, out TrainingParameter? parameter))
        {
            RequireShape(name, parameter.Shape, tensor);
            if (tensor.Type == ElementType.Int8)
            {
                throw new EspalierException($"'{name}' is Int8; training loads weights as floating-point numbers, not as multiples of a scale.");
            }

            new Parameter(tensor) { Mask = parameter.Mask }.Effective.To(ElementType.Float32).Read<float>().CopyTo(parameter.Value.Span);
        }
        else if (_buffers.TryGetValue(name, out Tensor? buffer))
        {
            RequireShape(name, buffer.Shape, tensor);
            tensor.To(buffer.Type).Bytes.Span.CopyTo(buffer.WriteBytes());
        }
        else
        {
            throw new EspalierException($"The network has no parameter '{name}'.");
        }
    }

    /// <summary>Replaces the masks. The values of masked elements are taken from <paramref name="masked"/>, so that pruning can be undone; other elements keep their current values.</summary>
    internal void Mask(Parameters masked)
    {
        KeyValuePair<string, Parameter>[] changed = [.. masked.Where(parameter => _parameters.ContainsKey(parameter.Key) && (parameter.Value.Mask ?? _parameters[parameter.Key].Mask) is not null)];
        foreach ((string name, Parameter parameter) in changed)
        {
            RequireShape(name, _parameters[name].Shape, parameter.Value);
            _parameters[name].Mask = parameter.Mask;
        }

        _model = _model.With(_model.Parameters.With(changed));
    }

    /// <summary>Returns a copy of the model with the current values.</summary>
    internal Model ToModel()
    {
        IEnumerable<KeyValuePair<string, Tensor>> values = _parameters.Values.Select(parameter => KeyValuePair.Create(parameter.Name, Tensor.From<float>(parameter.Shape, parameter.Value.Span)))
            .Concat(_buffers.Select(buffer => KeyValuePair.Create(buffer.Key, buffer.Value.Copy())));
        return _model.With(_model.Parameters.With(values.Select(pair => KeyValuePair.Create(pair.Key, _model.Parameters[pair.Key].WithMasked(pair.Value)))));
    }

    private static TrainingParameterKind KindOf(Node owner, ParameterSpec spec) =>
        spec.IsScale ? TrainingParameterKind.Scale : owner.Op is not (Conv2d or ChannelConv1d or Linear) ? TrainingParameterKind.Norm : spec.Role == "bias" ? TrainingParameterKind.Bias : TrainingParameterKind.Weight;

    private static void RequireShape(string name, Shape expected, Tensor tensor)
    {
        if (tensor.Shape != expected)
        {
            throw new EspalierException($"'{name}' is {tensor.Shape}; the network expects {expected}.");
        }
    }
}
