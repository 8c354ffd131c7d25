using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>One training, as its extensions see it.</summary>
public sealed class TrainingContext
{
    private readonly ITrainingRun _run;
    private readonly Optimizer _optimizer;

    internal TrainingContext(ITrainingRun run, Optimizer optimizer, WorkerPool workers, int epochs, int stepsPerEpoch) =>
        (_run, _optimizer, Workers, Epochs, StepsPerEpoch) = (run, optimizer, workers, epochs, stepsPerEpoch);

    /// <summary>The model that is trained, as it was at the beginning.</summary>
    public Model Model => _run.Model;

    /// <summary>All parameters, with values, masks and gradients. Frozen ones are among them.</summary>
    public IReadOnlyList<TrainingParameter> Parameters => _run.Parameters;

    /// <summary>Threads that compute.</summary>
    public WorkerPool Workers { get; }

    /// <summary>Passes over the data.</summary>
    public int Epochs { get; }

    /// <summary>Steps of one pass.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>The model as it is now: a copy.</summary>
    public Model ToModel() => _run.ToModel();

    /// <summary>Gives parameters the masks of others of the same names; what they remove becomes 0.</summary>
    public void Mask(Parameters masked)
    {
        ArgumentNullException.ThrowIfNull(masked);
        _run.Mask(masked);
        _run.Step(_optimizer.MasksChanged);
    }

    /// <summary>Tells that values of <see cref="Parameters"/> were changed.</summary>
    public void ValuesChanged() => _run.Step(static () => { });
}
