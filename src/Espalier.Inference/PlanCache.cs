using System.Collections.Concurrent;
using Espalier.Execution;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>The plans of a predictor for the most recently used sample shapes. Plans share weights that are packed in the same way.</summary>
/// <param name="capacity">Maximum number of plans.</param>
/// <param name="build">Builds the plan for a shape; its second argument is an existing plan, or <see langword="null"/>.</param>
internal sealed class PlanCache(int capacity, Func<Shape, InferencePlan?, InferencePlan> build)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Entry> _recent = new(); // the most recently used first

    /// <summary>Bytes of packed weights and of unused arenas.</summary>
    internal long Bytes
    {
        get
        {
            lock (_lock)
            {
                IEnumerable<Step> steps = _recent.Where(entry => entry.IsBuilt).SelectMany(entry => entry.Plan.Steps);
                return steps.SelectMany(Storages).DistinctBy(storage => storage.Key).Sum(storage => storage.Bytes) + _recent.Sum(entry => entry.IdleBytes);
            }
        }
    }

    /// <summary>The plan for a shape, built if necessary; a shape for which building fails is not cached.</summary>
    /// <param name="sample">The extents of a sample.</param>
    internal Entry For(ReadOnlySpan<int> sample)
    {
        Entry entry = Touch(sample);
        try
        {
            _ = entry.Plan;
            return entry;
        }
        catch
        {
            lock (_lock)
            {
                _recent.Remove(entry);
            }

            throw;
        }
    }

    /// <summary>The memory of a step's packed weights; plans that share it have the same objects.</summary>
    private static IEnumerable<(object Key, long Bytes)> Storages(Step step) => step.Weights switch
    {
        PairWeights { First.Packed: var first, Second.Packed: var second } => [(first.Storage, first.PackedBytes), (second.Storage, second.PackedBytes)],
        ConvolutionWeights weights => [(weights.Packed.Storage, step.PackedBytes)],
        PackedIntegerConvolution weights => [(weights.Storage, step.PackedBytes)],
        object weights => [(weights, step.PackedBytes)],
        null => [],
    };

    private Entry Touch(ReadOnlySpan<int> sample)
    {
        lock (_lock)
        {
            LinkedListNode<Entry>? node = _recent.First;
            while (node is not null && !node.Value.Shape.Extents.AsSpan().SequenceEqual(sample))
            {
                node = node.Next;
            }

            if (node is null)
            {
                node = new LinkedListNode<Entry>(new Entry(Shape.Of(sample), build, _recent.FirstOrDefault(entry => entry.IsBuilt)?.Plan));
                while (_recent.Count >= capacity)
                {
                    _recent.RemoveLast(); // a running call keeps its plan alive
                }
            }
            else
            {
                _recent.Remove(node);
            }

            _recent.AddFirst(node);
            return node.Value;
        }
    }

    /// <summary>A plan with the arenas that no call is using.</summary>
    internal sealed class Entry(Shape shape, Func<Shape, InferencePlan?, InferencePlan> build, InferencePlan? other)
    {
        private readonly Lazy<InferencePlan> _plan = new(() => build(shape, other));
        private readonly ConcurrentBag<Arena> _idle = [];

        internal Shape Shape => shape;

        internal InferencePlan Plan => _plan.Value;

        internal bool IsBuilt => _plan.IsValueCreated;

        internal long IdleBytes => _idle.Sum(arena => arena.Bytes);

        /// <summary>An arena for a batch, for exclusive use; an arena that is too small is discarded.</summary>
        internal Arena Rent(int batch) =>
            _idle.TryTake(out Arena? idle) && idle.Capacity >= batch ? idle : new Arena(Plan.ArenaLength, batch);

        internal void Return(Arena arena) => _idle.Add(arena);
    }
}
