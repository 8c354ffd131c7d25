using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Keeps an exponential moving average of the weights (after Polyak and Juditsky 1992), which is validated and kept in place of the newest ones. Buffers are not averaged but copied.</summary>
/// <param name="Decay">What is kept of the average at each step, from 0 up to but not including 1: 0.999 averages over some thousand steps. The first steps count for more, (1 + n)/(10 + n) as in TensorFlow's average.</param>
public sealed record WeightAveraging(double Decay) : ITrainingExtension
{
    /// <summary>What is kept of the average at each step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public double Decay { get; init => field = Require(value); } = Require(Decay);

    /// <inheritdoc/>
    public string Name => "average";

    /// <inheritdoc/>
    public ValueList<LineageSetting> Settings => [new(SettingNames.AverageDecay, Decay.ToString(CultureInfo.InvariantCulture))];

    /// <inheritdoc/>
    public TrainingHooks Begin(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        return new WeightAverage(training.Parameters, Decay, training.Workers);
    }

    private static double Require(double decay, string name = nameof(Decay)) =>
        decay is >= 0 and < 1 ? decay : throw new ArgumentOutOfRangeException(name, decay, $"{name}: expected a number from 0 up to but not including 1.");
}
