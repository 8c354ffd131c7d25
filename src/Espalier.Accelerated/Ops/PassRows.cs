using Espalier.Execution;
using Espalier.Graphs;
using ILGPU;
using ILGPU.Runtime;

namespace Espalier.Accelerated;

/// <summary>What a pass's random choices come to: which rows of a value belong to which samples, and their factors, in the device's memory.</summary>
internal sealed class PassRows(Device device) : IDisposable
{
    private readonly Dictionary<(SampleNeed From, SampleNeed To), MemoryBuffer1D<int, Stride1D.Dense>> _positions = [];
    private readonly Dictionary<SampleNeed, MemoryBuffer1D<int, Stride1D.Dense>> _places = [];
    private readonly Dictionary<(TrainedNode Node, int Input, SampleNeed Of), MemoryBuffer1D<float, Stride1D.Dense>> _factors = [];
    private readonly HashSet<object> _current = []; // what has been copied in this pass
    private DepthDraws? _depth;

    /// <summary>The random numbers of the pass.</summary>
    internal TrainingDraws Draws { get; private set; }

    /// <summary>Begins a pass.</summary>
    internal void Begin(TrainingDraws draws, DepthDraws depth)
    {
        (Draws, _depth) = (draws, depth);
        _current.Clear();
    }

    /// <summary>For each sample of a need its row in a value of another need; −1 for none.</summary>
    /// <param name="from">The need of the value whose rows are told.</param>
    /// <param name="to">The need of the samples.</param>
    internal ArrayView<int> Positions(SampleNeed from, SampleNeed to) => Copied(_positions, (from, to), () => from.PositionsOf(to.Samples));

    /// <summary>The places of a need's samples in the whole batch.</summary>
    internal ArrayView<int> Places(SampleNeed need) => Copied(_places, need, () => Array.ConvertAll(need.Samples, sample => sample + Draws.FirstSample));

    /// <summary>The factors that a stochastic depth node has for an input, for each sample of a need.</summary>
    internal ArrayView<float> Factors(TrainedNode node, int input, SampleNeed of) => Copied(_factors, (node, input, of), () => FactorsOf(node, input, of.Samples));

    /// <summary>Whether a stochastic depth node reads any sample of an input.</summary>
    internal bool Reads(TrainedNode node, TrainedInput input)
    {
        int index = Array.IndexOf(node.Inputs, input);
        return FactorsOf(node, index, node.Need.Samples).Any(factor => factor != 0);
    }

    private float[] FactorsOf(TrainedNode node, int input, int[] samples)
    {
        var condition = new SampleCondition(node.Node, input);
        return Array.ConvertAll(samples, sample => (float)_depth!.Factor(condition, sample));
    }

    private ArrayView<T> Copied<TKey, T>(Dictionary<TKey, MemoryBuffer1D<T, Stride1D.Dense>> memory, TKey key, Func<T[]> values) where TKey : notnull where T : unmanaged
    {
        if (_current.Contains(key))
        {
            return memory[key].View;
        }

        T[] numbers = values();
        if (!memory.TryGetValue(key, out MemoryBuffer1D<T, Stride1D.Dense>? buffer) || buffer.Length < numbers.Length)
        {
            buffer?.Dispose();
            buffer = memory[key] = device.Allocate<T>(numbers.Length);
        }

        device.Write<T>(buffer.View, numbers);
        _current.Add(key);
        return buffer.View;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable each in _positions.Values.Concat(_places.Values).Concat<IDisposable>(_factors.Values))
        {
            each.Dispose();
        }
    }
}
