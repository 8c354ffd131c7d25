using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Training;

namespace Espalier;

/// <summary>A station of the journey from a rich network to a small one.</summary>
/// <param name="Name">What was done.</param>
/// <param name="Model">The network after it, with its figures in the last line of its lineage.</param>
internal sealed record JourneyStep(string Name, Model Model)
{
    /// <summary>Whether it is run as it will be used: folded, fused, with the kernels that suit each layer. Otherwise as it stands, layer by layer with one dense kernel.</summary>
    internal bool IsCompiled { get; init; }

    /// <summary>The median time of one picture on one thread.</summary>
    internal double Milliseconds { get; init; }

    /// <summary>Where it was written.</summary>
    internal string File { get; init; } = "";

    /// <summary>Size, work and accuracy.</summary>
    internal ModelFigures Figures => Model.LastFigures() ?? throw new InvalidOperationException($"'{Name}' has no figures.");
}

/// <summary>What a journey has just done, to be displayed.</summary>
internal abstract record JourneyEvent
{
    /// <summary>Channels were pruned.</summary>
    /// <param name="Channels">How many went.</param>
    /// <param name="WorkRemoved">The share of the multiply-accumulates that went with them.</param>
    internal sealed record Narrowed(int Channels, double WorkRemoved) : JourneyEvent;

    /// <summary>Weights were pruned, in all branches of a block together.</summary>
    /// <param name="Removed">How many went.</param>
    /// <param name="Weights">How many the blocks fold into.</param>
    internal sealed record Sparse(long Removed, long Weights) : JourneyEvent;

    /// <summary>The network was folded.</summary>
    /// <param name="Before">Nodes before.</param>
    /// <param name="After">Nodes after.</param>
    internal sealed record Folded(int Before, int After) : JourneyEvent;
}

/// <summary>Train big, ship small: one network from its training to what is shipped.</summary>
/// <param name="lesson">What it learns.</param>
/// <param name="epochs">Passes over the pictures at first; each fine-tuning makes a third of them.</param>
/// <param name="train">Runs a training to its end.</param>
/// <param name="tell">Is told what happens between trainings.</param>
internal sealed class Journey(ShapesTraining lesson, int epochs, Func<ImageTraining, TrainingOutcome> train, Action<JourneyEvent> tell)
{
    private const double LearningRate = 0.005;
    private const double FineTuningRate = 0.003;
    private const double WorkLeft = 0.5; // of the MACs at most, after the pruning of channels
    private const double WeightsRemoved = 0.85; // of what is left then
    private const int RoundTo = 8; // channels: half a vector of the widest kind

    private readonly List<JourneyStep> _steps = [];

    private TrainingOutcome? _learnt;

    /// <summary>The first training.</summary>
    internal TrainingOutcome Learnt => _learnt ?? throw new InvalidOperationException("The journey has not begun.");

    /// <summary>Goes all the way.</summary>
    internal IReadOnlyList<JourneyStep> Run(CancellationToken cancellation)
    {
        _learnt = train(lesson.Training(lesson.Untrained, epochs, LearningRate, "train"));
        Model trained = Learnt.Model;
        Add("train", trained, cancellation);

        PruningResult narrow = trained.Prune(new ChannelPruning { Target = PruningTarget.AtMostShare(PruningMeasure.MultiplyAccumulates, WorkLeft), Ranking = ChannelRanking.Normalized, RoundTo = RoundTo });
        double left = (double)MultiplyAccumulates.Of(narrow.Model.Graph) / MultiplyAccumulates.Of(trained.Graph);
        tell(new JourneyEvent.Narrowed(narrow.RemovedChannels.Length, 1 - left));
        Add("prune channels", narrow.Model, cancellation);
        Model tuned = FineTune(narrow.Model, cancellation);

        PruningResult sparse = tuned.Prune(new WeightPruning { Target = PruningTarget.Fraction(WeightsRemoved), IsGlobal = true, Branches = true });
        tell(new JourneyEvent.Sparse(sparse.RemovedWeights, sparse.Weights));
        Add("prune weights", sparse.Model, cancellation);
        Model again = FineTune(sparse.Model, cancellation);

        FoldingReport folding = InferenceFolding.FoldUnrecorded(again);
        tell(new JourneyEvent.Folded(again.Graph.Nodes.Length, folding.After.Graph.Nodes.Length));
        Model folded = folding.After.Record(folding.ToLineage(default, null));
        Add("fold", folded, cancellation);
        Add("compile", folded.Record(new LineageEntry("compile", [new("form", "compact")], [])), cancellation, isCompiled: true);
        return JourneyTiming.Measure(_steps, cancellation);
    }

    /// <summary>Writes the network of each step.</summary>
    internal static IReadOnlyList<JourneyStep> Write(IReadOnlyList<JourneyStep> steps, string folder) =>
        [.. steps.Select((step, i) =>
        {
            string path = Path.Combine(folder, $"{i + 1}-{step.Name.Replace(' ', '-')}.espalier");
            ModelFile.Write(path, step.Model, Form(step.Model));
            return step with { File = path };
        })];

    private Model FineTune(Model model, CancellationToken cancellation)
    {
        Model tuned = train(lesson.Training(model, Math.Max(1, epochs / 3), FineTuningRate, "finetune")).Model;
        Add("fine-tune", tuned, cancellation);
        return tuned;
    }

    private void Add(string name, Model model, CancellationToken cancellation, bool isCompiled = false)
    {
        ModelFigures figures = ModelFigures.Of(model) with { Accuracy = lesson.Accuracy(model, cancellation) };
        Model noted = ModelFile.WithSize(model.WithFigures(figures), Form(model));
        _steps.Add(new JourneyStep(name, noted) { IsCompiled = isCompiled });
    }

    /// <summary>Without zeros as soon as weights are pruned.</summary>
    private static ModelFileOptions Form(Model model) => new() { Compact = model.Parameters.Values.Any(parameter => parameter.Mask is not null) };
}
