using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>An exponential moving average of the weights: see <see cref="WeightAveraging"/>.</summary>
internal sealed class WeightAverage : TrainingHooks
{
    private readonly IReadOnlyList<TrainingParameter> _parameters;
    private readonly Tensor[] _averages;
    private readonly ParameterChunks _chunks;
    private readonly double _decay;
    private readonly WorkerPool _workers;

    /// <summary>Creates an average that starts with the current weights.</summary>
    internal WeightAverage(IReadOnlyList<TrainingParameter> parameters, double decay, WorkerPool workers)
    {
        _workers = workers;
        _parameters = parameters;
        _decay = decay;
        _chunks = new ParameterChunks(parameters);
        _averages = [.. parameters.Select(parameter => Tensor.From<float>(parameter.Shape, parameter.Value.Span))];
    }

    /// <inheritdoc/>
    public override void StepDone(long step) => Update(step + 1);

    /// <summary>Updates the average with the current weights.</summary>
    /// <param name="update">The number of the update, from 1. Early updates have a larger weight, so that the influence of the random initialization soon decays.</param>
    internal void Update(long update)
    {
        double keep = Math.Min(_decay, (1.0 + update) / (10.0 + update));
        _chunks.Run(_workers, parameter => parameter.Trainable, (index, start, length) => OptimizerKernel.MovingAverage(
            _averages[index].Write<float>().Slice(start, length), _parameters[index].Value.Span.Slice(start, length), (float)keep));
    }

    /// <inheritdoc/>
    public override StateDict State() => new(_parameters.Select((parameter, i) => KeyValuePair.Create(parameter.Name, _averages[i])));

    /// <inheritdoc/>
    public override void Restore(StateDict state)
    {
        ArgumentNullException.ThrowIfNull(state);
        for (int i = 0; i < _averages.Length; i++)
        {
            if (!state.TryGet(_parameters[i].Name, out Tensor? source) || source.Shape != _averages[i].Shape || source.Type != ElementType.Float32)
            {
                throw new EspalierException($"the averaged weights have no tensor '{_parameters[i].Name}' of {_averages[i]}");
            }

            source.Read<float>().CopyTo(_averages[i].Write<float>());
        }
    }

    /// <inheritdoc/>
    public override Model Candidate(Model newest)
    {
        ArgumentNullException.ThrowIfNull(newest);
        return newest.With(newest.Parameters.With(_parameters.Select((parameter, i) =>
            KeyValuePair.Create(parameter.Name, newest.Parameters[parameter.Name].WithMasked(_averages[i].Copy())))));
    }
}
