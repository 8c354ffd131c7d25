using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Knowledge distillation (Hinton 2015, "Distilling the knowledge in a neural network"): (1 − α) · loss of the labels + α · T² · KL(teacher ‖ student), where the logits of both are divided by the temperature T.</summary>
/// <remarks>The teacher teaches the network's first output; auxiliary classifiers have the loss of the labels alone.</remarks>
/// <param name="Teacher">Computes the teacher's logits, [images, classes], of a batch of images, [images, …sample], as the <c>Run</c> method of a <c>Predictor</c> does.</param>
public sealed record Distillation(Func<Tensor, Tensor> Teacher) : IObjective
{
    /// <summary>The loss of the labels.</summary>
    public IObjective Labels { get; init; } = new CrossEntropy();

    /// <summary>The teacher's model, or <see langword="null"/>. If it is given, resuming with another teacher is refused.</summary>
    public Model? Network { get; init; }

    /// <summary>The temperature T, above 0; above 1 it raises the small probabilities of the teacher.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Temperature
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Temperature), value, $"{nameof(Temperature)}: expected a number above 0.");
    } = 4;

    /// <summary>The weight α of the teacher's part of the loss, from 0 to 1; the labels' part has the weight 1 − α.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
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
        if (batch.IsAuxiliary)
        {
            return Labels.Compute(batch, gradient);
        }

        ReadOnlySpan<float> teacher = Teacher(batch.Images).Read<float>();
        return Join(Labels.Compute(batch, gradient), batch.Logits, teacher, batch.Targets.Classes, batch.Weight, gradient);
    }

    /// <summary>Weights the labels' loss and its gradient by 1 − α and adds the teacher's part to them.</summary>
    /// <param name="loss">The loss of the labels.</param>
    /// <param name="logits">The student's logits, [images, classes].</param>
    /// <param name="teacherLogits">The teacher's logits of the same images, [images, classes].</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="weight">The factor of loss and gradient, as in <see cref="CrossEntropy"/>.</param>
    /// <param name="gradient">The gradient of the labels' loss, changed in place.</param>
    /// <returns>The sum of both parts of the loss.</returns>
    public double Join(double loss, ReadOnlySpan<float> logits, ReadOnlySpan<float> teacherLogits, int classes, double weight, Span<float> gradient)
    {
        if (teacherLogits.Length != logits.Length)
        {
            throw new EspalierException($"the teacher returns {teacherLogits.Length} logits and the student {logits.Length}; expected the same classes for both");
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
            gradient[c] = (float)(((1 - Alpha) * gradient[c]) + (Alpha * Temperature * weight * (q - p))); // T² divided by T, the derivative of logits / T
        }

        return divergence;
    }
}
