using System.Numerics;
using Espalier.Graphs;
using Reference = Espalier.Kernels.Reference;

namespace Espalier.Execution;

/// <summary>One training step of a graph with naive kernels, forward and backward: slow, simple, and the reference that the training plan is tested against.</summary>
/// <remarks>
/// Every node is computed for the samples that need it: the branch of a stochastic depth op, and nodes that only it reads, for the surviving samples.
/// Nodes that do not contribute to a trained output are not computed.
/// </remarks>
/// <typeparam name="T">The type to compute in: <see langword="float"/> or <see langword="double"/>.</typeparam>
internal sealed class ReferenceTraining<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Graph _graph;
    private readonly IReadOnlyDictionary<string, T[]> _parameters;
    private readonly TrainingDraws _draws;
    private readonly Func<Node, bool> _isFrozen;
    private readonly IReadOnlyList<string> _outputs;
    private readonly Action<Node, T[]>? _perturb;
    private readonly Dictionary<string, int[]> _samples;
    private readonly Dictionary<string, T[]> _results = new(StringComparer.Ordinal);
    private readonly Dictionary<string, T[]> _gradients = new(StringComparer.Ordinal);
    private readonly Dictionary<string, T[]> _parameterGradients = new(StringComparer.Ordinal);
    private readonly Dictionary<string, T[]> _buffers = new(StringComparer.Ordinal);

    /// <summary>Runs the forward pass.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="parameters">The values of its parameters and buffers, by name; see <see cref="ReferenceExecutor.ValuesOf"/>.</param>
    /// <param name="inputs">A batch of samples for each input node, by name.</param>
    /// <param name="batch">Number of samples.</param>
    /// <param name="draws">The random draws of dropout and stochastic depth.</param>
    /// <param name="isFrozen">Selects the batch norms that normalize with their running statistics and do not update them, which they must have (<see cref="TrainingRunOptions.IsFrozen"/>); none by default.</param>
    /// <param name="outputs">The trained outputs; by default the graph's first.</param>
    /// <exception cref="Espalier.Tensors.EspalierException">A norm has a single value per channel; see <see cref="BatchStatistics"/>.</exception>
    public ReferenceTraining(
        Graph graph, IReadOnlyDictionary<string, T[]> parameters, IReadOnlyDictionary<string, T[]> inputs, int batch, TrainingDraws draws, Func<Node, bool>? isFrozen = null, IReadOnlyList<string>? outputs = null)
        : this(graph, parameters, inputs, batch, draws, isFrozen, outputs, null)
    {
    }

    /// <summary>As the public constructor, with a callback that modifies the result of each node and the gradients of its inputs.</summary>
    internal ReferenceTraining(
        Graph graph, IReadOnlyDictionary<string, T[]> parameters, IReadOnlyDictionary<string, T[]> inputs, int batch, TrainingDraws draws, Func<Node, bool>? isFrozen, IReadOnlyList<string>? outputs, Action<Node, T[]>? perturb)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(inputs);
        (_graph, _parameters, _draws, _isFrozen, _perturb) = (graph, parameters, draws, isFrozen ?? (_ => false), perturb);
        _outputs = outputs ?? [graph.Outputs[0]];
        _samples = SamplesNeeded(graph, _outputs, batch, draws);
        foreach (Node node in graph.Nodes.Where(node => SamplesOf(node.Name).Length > 0))
        {
            if (!(node.Op is BatchNorm && _isFrozen(node)) && node.Op is not Input)
            {
                BatchStatistics.Require(node, graph.ShapeOf(node.Inputs[0]), SamplesOf(node.Name).Length, batch);
            }

            _results[node.Name] = node.Op is Input ? Rows(inputs[node.Name], SamplesOf(node.Name)) : Perturbed(node, Forward(node));
        }
    }

    /// <summary>The outputs of all nodes for the samples that were computed, in order, by name; nodes that were not needed are missing.</summary>
    public IReadOnlyDictionary<string, T[]> Results => _results;

    /// <summary>The gradients of all parameters that contribute to a trained output, by name.</summary>
    public IReadOnlyDictionary<string, T[]> ParameterGradients => _parameterGradients;

    /// <summary>The gradients of all nodes' outputs that contribute to a trained output, by name.</summary>
    public IReadOnlyDictionary<string, T[]> Gradients => _gradients;

    /// <summary>The updated running statistics, by name.</summary>
    public IReadOnlyDictionary<string, T[]> Buffers => _buffers;

    /// <summary>Indices of the samples of the batch that a node was computed for.</summary>
    public int[] SamplesOf(string name) => _samples.GetValueOrDefault(name, []);

    /// <summary>Runs the backward pass.</summary>
    /// <param name="outputGradients">The gradients of the trained outputs, one after the other.</param>
    public void Backward(ReadOnlySpan<T> outputGradients)
    {
        foreach (string output in _outputs)
        {
            int length = _results[output].Length;
            _gradients[output] = outputGradients[..length].ToArray();
            outputGradients = outputGradients[length..];
        }

        foreach (Node node in _graph.Nodes.Reverse().Where(node => node.Op is not Input))
        {
            if (_gradients.TryGetValue(node.Name, out T[]? gradient))
            {
                Backward(node, gradient);
            }
        }
    }

    private T[] Perturbed(Node node, T[] values)
    {
        _perturb?.Invoke(node, values);
        return values;
    }

    private static Dictionary<string, int[]> SamplesNeeded(Graph graph, IReadOnlyList<string> outputs, int batch, TrainingDraws draws)
    {
        var needed = new Dictionary<string, int[]>(StringComparer.Ordinal);
        foreach (string output in outputs)
        {
            needed[output] = [.. Enumerable.Range(0, batch)];
        }

        foreach (Node node in graph.Nodes.Reverse())
        {
            int[] samples = needed.GetValueOrDefault(node.Name, []);
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                int[] some = node.Op is StochasticDepth ? [.. samples.Where(sample => Factor(node, sample, i, draws) != 0)] : samples;
                needed[node.Inputs[i]] = [.. needed.GetValueOrDefault(node.Inputs[i], []).Union(some).Order()];
            }
        }

        return needed;
    }

    private static double Factor(Node node, int sample, int input, TrainingDraws draws)
    {
        (double shortcut, double branch) = ((StochasticDepth)node.Op).TrainingFactors(draws.Survives(node, sample));
        return input == 0 ? shortcut : branch;
    }

    private T[] Forward(Node node)
    {
        ReferenceCall<T> call = CallOf(node);
        T[] output = new T[call.Batch * call.OutputShape.Length];
        Action forward = node.Op.Type switch
        {
            OpType.BatchNorm when !_isFrozen(node) => () => BatchNormOf(call, (BatchNorm)node.Op, output),
            OpType.Dropout => () => DropoutOf(node, call.Input(0), output),
            OpType.StochasticDepth => () => StochasticDepthOf(node, output),
            OpType.Input or OpType.Conv2d or OpType.Linear or OpType.BatchNorm or OpType.GroupNorm or OpType.LayerNorm or OpType.LocalResponseNorm
                or OpType.Affine or OpType.Quantize or OpType.Activation or OpType.Softmax or OpType.Add or OpType.Multiply or OpType.Concat or OpType.Flatten or OpType.MaxPool
                or OpType.AveragePool or OpType.AdaptiveAveragePool or OpType.AdaptiveMaxPool or OpType.BlurPool or OpType.ChannelConv1d or OpType.PRelu
                or OpType.RadixSoftmax or OpType.Pad or OpType.PadChannels or OpType.ChannelSlice or OpType.ChannelShuffle => () => ReferenceOps.Run<T>(call, output),
        };
        forward();
        return output;
    }

    private void DropoutOf(Node node, ReadOnlySpan<T> numbers, T[] output)
    {
        for (int i = 0; i < output.Length; i++)
        {
            output[i] = numbers[i] * DropoutFactor(node, (Dropout)node.Op, i);
        }
    }

    private void StochasticDepthOf(Node node, T[] output)
    {
        for (int i = 0; i < 2; i++)
        {
            EachSample(node, i, (row, at, length, factor) =>
                Reference.AddScaled(_results[node.Inputs[i]].AsSpan(at, length), factor, output.AsSpan(row, length)));
        }
    }

    private void BatchNormOf(ReferenceCall<T> call, BatchNorm op, T[] output)
    {
        (T[] mean, T[] variance) = (new T[op.Channels], new T[op.Channels]);
        Reference.BatchNormTraining(
            call.Input(0), call.Batch, call.InputShape(0), call.Parameter("weight"), call.Parameter("bias"), T.CreateSaturating(op.Epsilon), mean, variance, output);
        if (!op.RunningStatistics)
        {
            return;
        }

        T[] BufferOf(string role) => _buffers.TryGetValue(call.Node.Parameter(role), out T[]? changed) ? changed : _buffers[call.Node.Parameter(role)] = call.Parameter(role).ToArray();
        Reference.UpdateRunningStatistics<T>(
            mean, variance, (long)call.Batch * call.InputShape(0).Pixels, T.CreateSaturating(op.Momentum), BufferOf("running_mean"), BufferOf("running_var"));
        BufferOf("num_batches_tracked")[0] += T.One;
    }

    private void Backward(Node node, T[] gradient)
    {
        ReferenceCall<T> call = CallOf(node);
        T[][] inputGradients = [.. node.Inputs.Select(_ => Array.Empty<T>())];
        T[] InputGradient(int i) => inputGradients[i].Length > 0 ? inputGradients[i] : inputGradients[i] = new T[call.Input(i).Length];
        var parameterGradients = new Dictionary<string, T[]>(StringComparer.Ordinal);
        T[] ParameterGradient(string role) => node.Op.Parameters.Any(spec => spec.Role == role) ? parameterGradients[role] = new T[call.Parameter(role).Length] : [];
        Action backward = node.Op.Type switch
        {
            OpType.BatchNorm when !_isFrozen(node) =>
                () => BatchNormGradient(call, (BatchNorm)node.Op, gradient, InputGradient(0), ParameterGradient("weight"), ParameterGradient("bias")),
            OpType.Dropout => () => DropoutOf(node, gradient, InputGradient(0)),
            OpType.StochasticDepth => () => StochasticDepthGradient(node, gradient), // its gradients are passed back row by row
            OpType.Input or OpType.Conv2d or OpType.Linear or OpType.BatchNorm or OpType.GroupNorm or OpType.LayerNorm or OpType.LocalResponseNorm
                or OpType.Affine or OpType.Quantize or OpType.Activation or OpType.Softmax or OpType.Add or OpType.Multiply or OpType.Concat or OpType.Flatten or OpType.MaxPool
                or OpType.AveragePool or OpType.AdaptiveAveragePool or OpType.AdaptiveMaxPool or OpType.BlurPool or OpType.ChannelConv1d or OpType.PRelu
                or OpType.RadixSoftmax or OpType.Pad or OpType.PadChannels or OpType.ChannelSlice or OpType.ChannelShuffle =>
                () => ReferenceGradients.Run(call, new ReferenceGradients.Operands<T>(_results[node.Name], gradient, InputGradient, ParameterGradient)),
        };
        backward();
        if (node.Op.Type == OpType.StochasticDepth)
        {
            return;
        }

        for (int i = 0; i < node.Inputs.Count; i++)
        {
            Spread(node, i, Perturbed(node, inputGradients[i]));
        }

        foreach ((string role, T[] added) in parameterGradients)
        {
            Reference.AddScaled(added, T.One, GradientOf(node.Parameter(role), added.Length));
        }
    }

    private static void BatchNormGradient(ReferenceCall<T> call, BatchNorm op, T[] gradient, T[] inputGradient, T[] weightGradient, T[] biasGradient)
    {
        (T[] mean, T[] variance, T epsilon) = (new T[op.Channels], new T[op.Channels], T.CreateSaturating(op.Epsilon));
        Reference.BatchNormTraining(call.Input(0), call.Batch, call.InputShape(0), call.Parameter("weight"), [], epsilon, mean, variance, new T[gradient.Length]);
        Reference.BatchNormTrainingGradient(
            call.Input(0), call.Batch, call.InputShape(0), mean, variance, call.Parameter("weight"), epsilon, gradient, inputGradient, weightGradient, biasGradient);
    }

    private void StochasticDepthGradient(Node node, T[] gradient)
    {
        for (int i = 0; i < 2; i++)
        {
            EachSample(node, i, (row, at, length, factor) =>
                Reference.AddScaled(gradient.AsSpan(row, length), factor, ResultGradient(node.Inputs[i]).AsSpan(at, length)));
        }
    }

    // An input may have been computed for more samples than this node: the gradients of the others are not changed.
    private void Spread(Node node, int input, T[] gradient)
    {
        string name = node.Inputs[input];
        int[] samples = SamplesOf(name);
        int length = _results[name].Length / samples.Length;
        T[] sum = ResultGradient(name);
        int row = 0;
        foreach (int sample in SamplesOf(node.Name))
        {
            Reference.AddScaled(gradient.AsSpan(row++ * length, length), T.One, sum.AsSpan(Array.IndexOf(samples, sample) * length, length));
        }
    }

    private void EachSample(Node node, int input, Action<int, int, int, T> work)
    {
        int[] samples = SamplesOf(node.Name);
        int[] inputSamples = SamplesOf(node.Inputs[input]);
        int length = (int)_graph.ShapeOf(node.Name).Count;
        for (int row = 0; row < samples.Length; row++)
        {
            double factor = Factor(node, samples[row], input, _draws);
            if (factor != 0)
            {
                work(row * length, Array.IndexOf(inputSamples, samples[row]) * length, length, T.CreateSaturating(factor));
            }
        }
    }

    private T DropoutFactor(Node node, Dropout op, int element)
    {
        int length = (int)_graph.ShapeOf(node.Name).Count;
        ulong index = ((ulong)(_draws.FirstSample + SamplesOf(node.Name)[element / length]) * (ulong)length) + (ulong)(element % length);
        return _draws.Of(node).Bernoulli(index, 1 - op.Probability) ? T.One / T.CreateSaturating(1 - op.Probability) : T.Zero;
    }

    private ReferenceCall<T> CallOf(Node node)
    {
        int[] samples = SamplesOf(node.Name);
        return new ReferenceCall<T>(_graph, node, samples.Length, name => Rows(_results[name], samples, SamplesOf(name)), name => _parameters[name]);
    }

    private T[] ResultGradient(string name) => _gradients.TryGetValue(name, out T[]? sum) ? sum : _gradients[name] = new T[_results[name].Length];

    private T[] GradientOf(string parameter, int length) =>
        _parameterGradients.TryGetValue(parameter, out T[]? sum) ? sum : _parameterGradients[parameter] = new T[length];

    private static T[] Rows(T[] values, int[] samples, int[]? there = null)
    {
        int count = there?.Length ?? samples.Length;
        int length = values.Length / count;
        return there is null || there.Length == samples.Length
            ? values
            : [.. samples.SelectMany(sample => values.AsSpan(Array.IndexOf(there, sample) * length, length).ToArray())];
    }
}
