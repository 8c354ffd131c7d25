using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>One step in progress: memory, threads and draws.</summary>
internal sealed class TrainingRun(WorkerPool pool, Arena arena)
{
    // As in inference: enough that one slow thread does not hold up the rest, few enough that parts keep reusing what is in the cache.
    private const int PartsPerThread = 4;

    private readonly int _parts = pool.Threads == 1 ? 1 : pool.Threads * PartsPerThread;
    private Memory<float> _workspace;

    /// <summary>The input of this step.</summary>
    internal Tensor Images => arena.Input!;

    /// <summary>Dropout's draws.</summary>
    internal TrainingDraws Draws { get; private set; }

    /// <summary>Stochastic depth's draws.</summary>
    internal DepthDraws Depth { get; private set; } = null!;

    /// <summary>Whether the layer computes again what it has computed before: then it changes no running statistics.</summary>
    internal bool IsAgain { get; set; }

    /// <summary>A value's numbers, for the samples it is computed for.</summary>
    internal Span<float> this[TrainingValue value] => arena.Images(value.Current, value.Need.Count);

    /// <summary>The numbers of a value's gradient.</summary>
    internal Span<float> GradientOf(TrainingValue value) => arena.Images(value.Gradient, value.Need.Count);

    internal void Begin(Tensor images, TrainingDraws draws, DepthDraws depth)
    {
        arena.Begin(images.Shape[0], images);
        (Draws, Depth) = (draws, depth);
    }

    /// <summary>Memory that all parts of a layer's phases share; what it holds is undefined.</summary>
    internal Memory<float> Workspace(int length)
    {
        if (_workspace.Length < length)
        {
            _workspace = AlignedMemory.Allocate<float>(length);
        }

        return _workspace[..length];
    }

    /// <summary>Does all parts of some work, on all threads.</summary>
    internal void Parallel(Action<int, int> work)
    {
        if (_parts == 1)
        {
            work(0, 1);
        }
        else
        {
            int parts = _parts;
            pool.Run(parts, part => work(part, parts));
        }
    }
}
