using Espalier.Data;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier;

/// <summary>A trained model that others learn from. It has labels and a preprocessing of its own: it sees the student's images as it was trained to see them, and says what it thinks of the student's classes.</summary>
internal sealed class Teacher(Model network, IRuntime runtime, int threads) : IDisposable
{
    private readonly IRunnable _runnable = runtime.Prepare(network, new RunOptions { Threads = threads });

    /// <summary>From a batch of a student's inputs to the teacher's logits for the student's classes.</summary>
    /// <param name="student">The network that learns, with labels.</param>
    /// <param name="pipeline">Makes its inputs.</param>
    /// <returns>The function, and what was assumed, for people.</returns>
    /// <exception cref="EspalierException">The teacher does not know the student's classes, or takes no such images; when it is called: its logits are not finite.</exception>
    internal (Func<Tensor, Tensor> Run, IReadOnlyList<string> Notes) For(Model student, InputPipeline pipeline)
    {
        ClassMatch classes = Match(student);
        bool borrows = network.Metadata.Preprocessing is null;
        InputConversion inputs = ConversionOf(borrows ? pipeline : InputPipeline.Of(network), pipeline);
        string? note = borrows ? "the teacher does not say how images become inputs: it gets the student's" : null;
        return (images => classes.Pick(Run(inputs.Run(images))), [.. new[] { note, classes.Note }.OfType<string>()]);
    }

    private Tensor Run(Tensor images)
    {
        Tensor logits = _runnable.Run(images);
        FiniteOutput.Require(network, images, logits, "the teacher");
        return logits;
    }

    /// <inheritdoc/>
    public void Dispose() => _runnable.Dispose();

    private ClassMatch Match(Model student)
    {
        OutputClasses own = OutputClasses.Of(network), students = OutputClasses.Of(student);
        return students.Labels.Count > 0 ? new OutputClasses(own.Labels, own.Count) { Owner = "the teacher" }.Match(students.Labels, source: "the student")
            : students.Count == own.Count ? new ClassMatch(own, [.. Enumerable.Range(0, own.Count)], "the student has no labels: its outputs are taken to be the teacher's in their order")
            : throw new EspalierException($"the student has {students.Count} outputs and no labels to find among the teacher's {own.Count}");
    }

    private static InputConversion ConversionOf(InputPipeline own, InputPipeline students) => new(students, own.Shape, own.Normalization);
}
