using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>The state of the current step: memory, threads and random choices.</summary>
internal sealed class TrainingRun(WorkerPool pool, Arena arena)
{
    // As in inference: enough that one slow thread does not delay the others, few enough that a part reuses data in the cache.
    private const int PartsPerThread = 4;

    private readonly int _parts = pool.Threads == 1 ? 1 : pool.Threads * PartsPerThread;
    private Memory<float> _workspace;

    /// <summary>The input of this step.</summary>
    internal Tensor Images => arena.Input!;

    /// <summary>The random numbers of the step.</summary>
    internal TrainingDraws Draws { get; private set; }

    /// <summary>Whether running statistics stay as they are in this pass.</summary>
    internal bool KeepsStatistics { get; private set; }

    /// <summary>The random choices of stochastic depth.</summary>
    internal DepthDraws Depth { get; private set; } = null!;

    /// <summary>Whether the forward pass of a layer is repeated for recomputation; running statistics are then not updated.</summary>
    internal bool IsAgain { get; set; }

    /// <summary>The elements of a value, for the samples that it is computed for.</summary>
    internal Span<float> this[TrainingValue value] => arena.Images(value.Current, value.Need.Count);

    /// <summary>The elements of a value's gradient.</summary>
    internal Span<float> GradientOf(TrainingValue value) => arena.Images(value.Gradient, value.Need.Count);

    internal void Begin(Tensor images, TrainingPass pass, TrainingDraws draws, DepthDraws depth)
    {
        arena.Begin(images.Shape[0], images);
        (KeepsStatistics, Draws, Depth) = (pass.KeepsStatistics, draws, depth);
    }

    /// <summary>The places of the needed samples in the batch that the draws are for.</summary>
    internal int[] PlacesOf(SampleNeed need)
    {
        int first = Draws.FirstSample;
        return first == 0 ? need.Samples : Array.ConvertAll(need.Samples, sample => sample + first);
    }

    /// <summary>Temporary memory that all parts of a layer share; its content is undefined.</summary>
    internal Memory<float> Workspace(int length)
    {
        if (_workspace.Length < length)
        {
            _workspace = AlignedMemory.Allocate<float>(length);
        }

        return _workspace[..length];
    }

    /// <summary>Runs all parts of the work, on all threads.</summary>
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
