using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>The training run that an extension belongs to: its model, parameters and extents.</summary>
public sealed class TrainingContext
{
    private readonly ITrainingRun _run;
    private readonly Optimizer _optimizer;

    internal TrainingContext(ITrainingRun run, Optimizer optimizer, WorkerPool workers, int epochs, int stepsPerEpoch) =>
        (_run, _optimizer, Workers, Epochs, StepsPerEpoch) = (run, optimizer, workers, epochs, stepsPerEpoch);

    /// <summary>The model that is trained, with its values before the first step.</summary>
    public Model Model => _run.Model;

    /// <summary>All parameters, including frozen ones, with values, masks and gradients.</summary>
    public IReadOnlyList<TrainingParameter> Parameters => _run.Parameters;

    /// <summary>The worker threads of the training run.</summary>
    public WorkerPool Workers { get; }

    /// <summary>The number of epochs.</summary>
    public int Epochs { get; }

    /// <summary>The number of steps in an epoch.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Returns a copy of the model with its current values and masks.</summary>
    public Model ToModel() => _run.ToModel();

    /// <summary>Replaces the masks of the parameters by those of <paramref name="masked"/>, matched by name, and sets masked elements to 0.</summary>
    public void Mask(Parameters masked)
    {
        ArgumentNullException.ThrowIfNull(masked);
        _run.Mask(masked);
        _run.Step(_optimizer.MasksChanged);
    }

    /// <summary>Sets the factor of the learning rate of one of <see cref="Parameters"/> from the next update on; 1 unless set. With 0 the parameter is not updated, and its momentum does not change.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="factor">The factor, at least 0.</param>
    public void SetLearningRateFactor(TrainingParameter parameter, double factor)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentOutOfRangeException.ThrowIfNegative(factor);
        _optimizer.SetRateFactor(parameter, factor);
    }

    /// <summary>Must be called after values of <see cref="Parameters"/> were changed, so that the runtime updates what it has derived from them.</summary>
    public void ValuesChanged() => _run.Step(static () => { });
}
