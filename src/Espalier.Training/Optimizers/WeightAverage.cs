using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>An exponential moving average of the weights (after Polyak and Juditsky 1992): a model that is often better than the newest one. Buffers are not averaged but copied.</summary>
public sealed class WeightAverage
{
    private readonly IReadOnlyList<TrainingParameter> _parameters;
    private readonly Tensor[] _averages;
    private readonly ParameterChunks _chunks;
    private readonly double _decay;

    /// <summary>An average that begins as the weights are.</summary>
    /// <param name="parameters">The weights.</param>
    /// <param name="decay">What is kept of the average at each update: 0.999 averages over some thousand updates.</param>
    public WeightAverage(IReadOnlyList<TrainingParameter> parameters, double decay)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (decay is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "Expected a number from 0 up to but not including 1.");
        }

        _parameters = parameters;
        _decay = decay;
        _chunks = new ParameterChunks(parameters);
        _averages = [.. parameters.Select(parameter => Tensor.From<float>(parameter.Shape, parameter.Value.Span))];
    }

    /// <summary>Takes in the weights as they are now.</summary>
    /// <param name="update">Which update it is, from 1 on. The first ones count for more, (1 + n)/(10 + n) as in TensorFlow's average, so that the random beginning is soon forgotten.</param>
    /// <param name="workers">Who computes.</param>
    public void Update(long update, WorkerPool workers)
    {
        double keep = Math.Min(_decay, (1.0 + update) / (10.0 + update));
        _chunks.Run(workers, parameter => parameter.Trainable, (index, start, length) => OptimizerKernel.MovingAverage(
            _averages[index].Write<float>().Slice(start, length), _parameters[index].Value.Span.Slice(start, length), (float)keep));
    }

    /// <summary>The averages by the parameters' names: its own tensors, not copies.</summary>
    public StateDict State() => new(_parameters.Select((parameter, i) => KeyValuePair.Create(parameter.Name, _averages[i])));

    /// <summary>Continues from the state of another average of the same parameters.</summary>
    /// <exception cref="EspalierException">The state is that of other parameters.</exception>
    public void Restore(StateDict state)
    {
        ArgumentNullException.ThrowIfNull(state);
        for (int i = 0; i < _averages.Length; i++)
        {
            if (!state.TryGet(_parameters[i].Name, out Tensor? source) || source.Shape != _averages[i].Shape || source.Type != ElementType.Float32)
            {
                throw new EspalierException($"the averaged weights have no '{_parameters[i].Name}' of {_averages[i]}");
            }

            source.Read<float>().CopyTo(_averages[i].Write<float>());
        }
    }

    /// <summary>A model with the averages, copied, in place of the newest weights.</summary>
    /// <param name="newest">The model as it is: its buffers are taken.</param>
    public Model ToModel(Model newest)
    {
        ArgumentNullException.ThrowIfNull(newest);
        return newest.With(newest.Parameters.With(_parameters.Select((parameter, i) =>
            KeyValuePair.Create(parameter.Name, newest.Parameters[parameter.Name].WithKept(_averages[i].Copy())))));
    }
}
