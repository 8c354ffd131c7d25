using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Clips gradients by value and by norm (Pascanu 2013, "On the difficulty of training recurrent neural networks"). If both bounds are set, gradients are clipped by value first.</summary>
public sealed record GradientClipping : ITrainingExtension
{
    /// <summary>The largest allowed Euclidean norm of all gradients together, or <see langword="null"/> for no bound.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0.</exception>
    public double? MaxNorm { get; init => field = Require(value, nameof(MaxNorm)); }

    /// <summary>The largest allowed magnitude of a gradient element, or <see langword="null"/> for no bound.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0.</exception>
    public double? MaxValue { get; init => field = Require(value, nameof(MaxValue)); }

    /// <inheritdoc/>
    public string Name => "clip";

    /// <inheritdoc/>
    public ValueList<LineageSetting> Settings => [new(SettingNames.Clip, $"norm {Text(MaxNorm)}, value {Text(MaxValue)}")];

    /// <inheritdoc/>
    public TrainingHooks Begin(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        return new Hooks(new GradientClipper(training.Parameters), training, this);
    }

    private static string Text(double? bound) => bound is double value ? value.ToString(CultureInfo.InvariantCulture) : "none";

    private static double? Require(double? bound, string name) => bound is null or > 0 ? bound : throw new ArgumentOutOfRangeException(name, bound, $"{name}: expected a number above 0.");

    private sealed class Hooks(GradientClipper clipper, TrainingContext training, GradientClipping settings) : TrainingHooks
    {
        public override void BeforeUpdate(long step)
        {
            if (settings.MaxValue is double value)
            {
                clipper.ByValue(value, training.Workers);
            }

            if (settings.MaxNorm is double norm)
            {
                clipper.ByNorm(norm, training.Workers);
            }
        }
    }
}
