using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Maintains an exponential moving average of the weights (after Polyak and Juditsky 1992), which is validated and saved in place of the newest weights. Buffers are copied without averaging.</summary>
/// <param name="Decay">The factor of the previous average at each step, in [0, 1): 0.999 averages over about a thousand steps. At step n it is at most (1 + n)/(10 + n), as in TensorFlow's <c>ExponentialMovingAverage</c>.</param>
public sealed record WeightAveraging(double Decay) : ITrainingExtension
{
    /// <summary>The factor of the previous average at each step, in [0, 1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
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
