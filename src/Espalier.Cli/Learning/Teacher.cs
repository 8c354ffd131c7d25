using Espalier.Data;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>A trained model that others learn from. It has labels and a preprocessing of its own: it sees the student's images as it was trained to see them, and says what it thinks of the student's classes.</summary>
internal sealed class Teacher(Model network, int threads) : IDisposable
{
    private readonly Predictor _predictor = new(network, new PredictorOptions { Threads = threads });

    /// <summary>The model as it was loaded.</summary>
    internal Model Network => network;

    /// <summary>From a batch of a student's inputs to the teacher's logits for the student's classes.</summary>
    /// <param name="student">The network that learns, with labels.</param>
    /// <param name="pipeline">Makes its inputs.</param>
    /// <param name="terminal">Where it is said what was assumed.</param>
    /// <exception cref="EspalierException">The teacher does not know the student's classes, or takes no such images; when it is called: its logits are not finite.</exception>
    internal Func<Tensor, Tensor> For(Model student, InputPipeline pipeline, Terminal terminal)
    {
        ClassMatch classes = Match(student);
        InputConversion inputs = ConversionOf(pipeline, terminal);
        if (classes.Note is string note)
        {
            terminal.Note(note);
        }

        return images => classes.Pick(Run(inputs.Run(images)));
    }

    private Tensor Run(Tensor images)
    {
        Tensor logits = _predictor.Run(images);
        FiniteOutput.Require(network, images, logits, "the teacher");
        return logits;
    }

    /// <inheritdoc/>
    public void Dispose() => _predictor.Dispose();

    private ClassMatch Match(Model student)
    {
        try
        {
            return MatchOf(student);
        }
        catch (ClassMismatchException error)
        {
            throw new EspalierException($"{error.Message}. 'espalier convert TEACHER NEW.espalier --labels FILE' gives a teacher other labels", error);
        }
    }

    private ClassMatch MatchOf(Model student)
    {
        OutputClasses own = OutputClasses.Of(network), students = OutputClasses.Of(student);
        return students.Labels.Count > 0 ? new OutputClasses(own.Labels, own.Count) { Owner = "the teacher" }.Match(students.Labels, source: "the student")
            : students.Count == own.Count ? new ClassMatch(own, [.. Enumerable.Range(0, own.Count)], "the student has no labels: its outputs are taken to be the teacher's in their order")
            : throw new EspalierException($"the student has {students.Count} outputs and no labels to find among the teacher's {own.Count}");
    }

    private InputConversion ConversionOf(InputPipeline pipeline, Terminal terminal)
    {
        if (network.Metadata.Preprocessing is null)
        {
            terminal.Note("the teacher does not say how images become inputs: it gets the student's");
            return new InputConversion(pipeline, pipeline.Shape, pipeline.Normalization);
        }

        InputPipeline own = InputPipeline.Of(network);
        return new InputConversion(pipeline, own.Shape, own.Normalization);
    }
}
