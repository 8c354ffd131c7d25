using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Learning from a teacher's logits (Hinton 2015, "Distilling the knowledge in a neural network"): (1 − α) · loss of the labels + α · T² · KL(teacher ‖ student), both softened by the temperature T.</summary>
/// <param name="Teacher">From a batch of images, [images, …sample], to its logits, [images, classes]: a <c>Predictor</c>'s Run.</param>
public sealed record Distillation(Func<Tensor, Tensor> Teacher) : IObjective
{
    /// <summary>The loss of the labels.</summary>
    public IObjective Labels { get; init; } = new CrossEntropy();

    /// <summary>The teacher's network, or <see langword="null"/> where it is not known. If it is known, resuming with another teacher is refused.</summary>
    public Model? Network { get; init; }

    /// <summary>T, above 0: above 1, the teacher's second thoughts count for more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public double Temperature
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Temperature), value, $"{nameof(Temperature)}: expected a number above 0.");
    } = 4;

    /// <summary>α, from 0 to 1: how much of the loss is the teacher's; 1 − α is that of the labels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public double Alpha
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Alpha), value, $"{nameof(Alpha)}: expected a number from 0 to 1.");
    } = 0.9;

    /// <inheritdoc/>
    public double LabelSmoothing => Labels.LabelSmoothing;

    /// <inheritdoc/>
    public ValueList<LineageSetting> Settings =>
    [
        .. Labels.Settings,
        new(SettingNames.Distillation, string.Create(CultureInfo.InvariantCulture, $"temperature {Temperature}, alpha {Alpha}")),
        .. Network is null ? (LineageSetting[])[] : [new(SettingNames.Teacher, ModelDigest.Of(Network)), new(SettingNames.TeacherMetadata, ModelDigest.OfUse(Network.Metadata))],
    ];

    /// <inheritdoc/>
    public double Compute(ObjectiveBatch batch, Span<float> gradient)
    {
        ReadOnlySpan<float> teacher = Teacher(batch.Images).Read<float>();
        return Join(Labels.Compute(batch, gradient), batch.Logits, teacher, batch.Targets.Classes, batch.Weight, gradient);
    }

    /// <summary>Adds the teacher's part to a loss and its gradient, which already hold the labels' part, to be weighted here.</summary>
    /// <param name="loss">The labels' loss.</param>
    /// <param name="logits">The student's, [images, classes].</param>
    /// <param name="teacherLogits">The teacher's, for the same images.</param>
    /// <param name="classes">How many there are.</param>
    /// <param name="weight">As for <see cref="CrossEntropy"/>.</param>
    /// <param name="gradient">The gradient of the labels' loss, changed in place.</param>
    /// <returns>The whole loss.</returns>
    public double Join(double loss, ReadOnlySpan<float> logits, ReadOnlySpan<float> teacherLogits, int classes, double weight, Span<float> gradient)
    {
        if (teacherLogits.Length != logits.Length)
        {
            throw new EspalierException($"the teacher gives {teacherLogits.Length} logits where the student gives {logits.Length}: both must have the same classes");
        }

        Span<double> student = new double[classes];
        Span<double> teacher = new double[classes];
        double divergence = 0;
        for (int at = 0; at < logits.Length; at += classes)
        {
            LogSoftmax.Compute(logits.Slice(at, classes), Temperature, student);
            LogSoftmax.Compute(teacherLogits.Slice(at, classes), Temperature, teacher);
            divergence += OfOne(student, teacher, weight, gradient.Slice(at, classes));
        }

        return ((1 - Alpha) * loss) + (Alpha * Temperature * Temperature * weight * divergence);
    }

    private double OfOne(ReadOnlySpan<double> student, ReadOnlySpan<double> teacher, double weight, Span<float> gradient)
    {
        double divergence = 0;
        for (int c = 0; c < student.Length; c++)
        {
            (double p, double q) = (Math.Exp(teacher[c]), Math.Exp(student[c]));
            divergence += p == 0 ? 0 : p * (teacher[c] - student[c]);
            gradient[c] = (float)(((1 - Alpha) * gradient[c]) + (Alpha * Temperature * weight * (q - p))); // T² through the logits' division by T leaves T
        }

        return divergence;
    }
}
