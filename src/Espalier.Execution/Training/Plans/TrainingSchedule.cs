using System.Collections.Immutable;

namespace Espalier.Execution;

/// <summary>The order in which layers run forward, are recomputed and run backward, and the lifetime of each value in memory.</summary>
/// <remarks>
/// Layers are divided into segments that are connected by a single value. With recomputation, that value is kept, the values inside a segment are discarded after the forward
/// pass, and the backward pass first runs the layers of the segment again (Chen 2016, §3). Without recomputation there is one segment, and no layer is run again.
/// </remarks>
internal sealed class TrainingSchedule
{
    private readonly List<TrainingLayer> _layers;
    private readonly ImmutableArray<TrainingValue> _outputs;
    private readonly HashSet<TrainingValue> _kept = [];
    private readonly int[] _again;
    private readonly int[] _backward;
    private readonly ImmutableArray<TrainingValue> _gradients;
    private int _end;

    /// <param name="layers">The layers in the order of the forward pass.</param>
    /// <param name="outputs">The values of the trained outputs; the first one is the network's first output.</param>
    /// <param name="gradients">The values whose gradients are in memory to the end of the backward pass.</param>
    /// <param name="recompute">Whether activations are recomputed.</param>
    internal TrainingSchedule(List<TrainingLayer> layers, ImmutableArray<TrainingValue> outputs, ImmutableArray<TrainingValue> gradients, bool recompute)
    {
        (_layers, _outputs, _gradients) = (layers, outputs, gradients);
        Segments = recompute ? RecomputationSegments.Of(layers, outputs[0]) : [(0, layers.Count)];
        IsAgain = new bool[layers.Count];
        (_again, _backward) = (new int[layers.Count], new int[layers.Count]);
        _kept.UnionWith(outputs);
        _kept.UnionWith(layers.OfType<InputLayer>().Select(layer => layer.Output));
        foreach ((int first, int end) in Segments)
        {
            _kept.UnionWith(recompute ? [layers[end - 1].Output] : layers.Select(layer => layer.Output));
            FindAgain(first, end);
        }

        SetTimes();
    }

    /// <summary>The segments, in order from the input: layers [first, end).</summary>
    internal IReadOnlyList<(int First, int End)> Segments { get; }

    /// <summary>For each layer, whether it is recomputed before the backward pass of its segment.</summary>
    internal bool[] IsAgain { get; }

    /// <summary>The lifetimes of all values and gradients.</summary>
    internal List<Lifetime> Lifetimes()
    {
        List<Lifetime> lifetimes = [];
        foreach (TrainingValue value in _layers.Select(layer => layer.Output).Distinct())
        {
            int[] makers = [.. LayersThat(layer => layer.Output == value)];
            int[] readers = [.. LayersThat(layer => layer.Inputs.Contains(value))];
            int[] backwardReads = [.. LayersThat(layer => ReadsBackward(layer, value)).Select(i => _backward[i])];
            int[] againReads = [.. readers.Concat(makers).Where(i => IsAgain[i]).Select(i => _again[i])];
            int forward = Math.Max(Last(readers.Concat(makers)), _outputs.Contains(value) ? _layers.Count : 0);
            if (_kept.Contains(value))
            {
                lifetimes.Add(new Lifetime(value.First, makers[0], Last([forward, .. againReads, .. backwardReads])));
            }
            else
            {
                lifetimes.Add(new Lifetime(value.First, makers[0], forward));
                if (againReads.Length > 0)
                {
                    lifetimes.Add(new Lifetime(value.Second, _again[makers[0]], Last([.. againReads, .. backwardReads])));
                }
            }

            if (value.NeedsGradient)
            {
                int first = _outputs.Contains(value) ? _layers.Count : readers.Min(i => _backward[i]);
                lifetimes.Add(new Lifetime(value.MakeGradient(), first, _gradients.Contains(value) ? _end : _backward[makers[0]]));
            }
        }

        return lifetimes;
    }

    private static int Last(IEnumerable<int> times) => times.Max();

    private static bool ReadsBackward(TrainingLayer layer, TrainingValue value) =>
        layer.Output.NeedsGradient
        && ((layer.Output == value && layer.ReadsOutputBackward) || layer.Inputs.Select((input, i) => input == value && layer.ReadsInputBackward(i)).Contains(true));

    private IEnumerable<int> LayersThat(Func<TrainingLayer, bool> condition) => Enumerable.Range(0, _layers.Count).Where(i => condition(_layers[i]));

    // Marks the layers whose output the backward pass reads and that was not kept, and the layers it is computed from.
    private void FindAgain(int first, int end)
    {
        HashSet<TrainingValue> wanted = [];
        for (int i = first; i < end; i++)
        {
            wanted.UnionWith(_layers[i].Inputs.Append(_layers[i].Output).Where(value => ReadsBackward(_layers[i], value)));
        }

        for (int i = end - 1; i >= first; i--)
        {
            TrainingLayer layer = _layers[i];
            IsAgain[i] = !_kept.Contains(layer.Output) && wanted.Contains(layer.Output);
            if (IsAgain[i])
            {
                wanted.UnionWith(layer.Inputs);
            }
        }
    }

    private void SetTimes()
    {
        int time = _layers.Count + 1; // outputs and their gradients are at time Count
        foreach ((int first, int end) in Segments.Reverse())
        {
            for (int i = first; i < end; i++)
            {
                _again[i] = IsAgain[i] ? time++ : 0;
            }

            for (int i = end - 1; i >= first; i--)
            {
                _backward[i] = time++;
            }
        }

        _end = time;
    }
}
