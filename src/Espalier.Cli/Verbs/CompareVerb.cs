using Espalier.Data;

namespace Espalier.Cli;

/// <summary>The verb <c>compare</c>: compares two models.</summary>
internal sealed class CompareVerb : Verb
{
    private readonly Argument<string> _first = new("A") { Description = "A model file, or a network of the zoo." };
    private readonly Argument<string> _second = new("B") { Description = "The model to compare with." };
    private readonly Option<string?> _firstWeights = Weights("--weights-a", "A");
    private readonly Option<string?> _secondWeights = Weights("--weights-b", "B");
    private readonly VerifyOptions _data = new("--data", keepsLabels: true);
    private readonly Option<bool> _measure = new("--measure") { Description = "Also measures the time of one sample on one thread, both models alternately." };
    private readonly Option<bool> _json = CommonOptions.Json();

    internal CompareVerb(CliContext context)
        : base(
            context,
            "compare",
            "Compares two models: parameters, non-zeros, MACs, file size, changed layers, for how many samples they predict the same class and how much their outputs differ; accuracy if --data has classes, and time with --measure.",
            "espalier compare mynet.espalier pruned.espalier",
            "espalier compare mynet.espalier pruned.espalier --data test_batch.bin --measure",
            "espalier compare resnet50 small.espalier --weights-a resnet50-0676ba61.pth --json")
    {
        this.AddAll(_first, _second, _firstWeights, _secondWeights);
        _data.AddTo(this);
        this.AddAll(_measure, _json);
    }

    private protected override int Run(ParseResult parsed)
    {
        (string first, string second) = (parsed.GetRequiredValue(_first), parsed.GetRequiredValue(_second));
        (Model a, Model b) = (Load(first, parsed.GetValue(_firstWeights)), Load(second, parsed.GetValue(_secondWeights)));
        double?[] times = parsed.GetValue(_measure) ? [.. ModelTiming.Measure([a, b], RuntimeOptions.Read(parsed), Context.Cancellation).Select(latencies => (double?)latencies.Percentile(0.5))] : [null, null];
        (string nameOfFirst, string nameOfSecond) = Names(first, second);
        ModelComparison? comparison = Compare(parsed, a, b, out string? reason);
        var report = new CompareReport(
            new ComparedModel(nameOfFirst, a.Graph, Figures(a, times[0])),
            new ComparedModel(nameOfSecond, b.Graph, Figures(b, times[1])),
            new StructureDifference(a.Graph, b.Graph),
            comparison,
            reason);
        report.Report().Show(Terminal, parsed.GetValue(_json));
        return ExitCode.Success;
    }

    private static Model Load(string model, string? weights) => new ModelSource(model) { Weights = weights, Seed = ModelOptions.SeedOf(model, weights, 0) }.Load();

    /// <summary>Runs both models on the same samples, each with its own preprocessing and labels. Returns <see langword="null"/> and the reason if their inputs or classes differ.</summary>
    private ModelComparison? Compare(ParseResult parsed, Model a, Model b, out string? reason)
    {
        reason = "their input or output shapes differ";
        if (!ModelComparing.IsPossible(a, b))
        {
            return null;
        }

        ComparisonSamples samples = _data.Open(parsed, ref a, Context);
        try
        {
            ModelComparison comparison = samples.Compare(a, _data.Prepare(parsed, b, a, samples, Terminal), ("the first model", "the second model"), Context.Cancellation);
            return VerifyOptions.Warned(comparison, comparison, Terminal);
        }
        catch (ClassMismatchException error)
        {
            reason = error.Message;
            return null;
        }
    }

    private static Option<string?> Weights(string name, string model) =>
        new(name) { Description = $"The checkpoint of {model}, if that is a network of the zoo; random weights by default.", HelpName = "CHECKPOINT" };

    private static ModelFigures Figures(Model model, double? milliseconds) => ModelFigures.Of(model) with { Bytes = ModelFile.SizeOf(model), Milliseconds = milliseconds };

    /// <summary>The shortest ends of both paths that differ.</summary>
    private static (string First, string Second) Names(string first, string second)
    {
        string[] a = Path.ChangeExtension(first, null).Split(Path.DirectorySeparatorChar), b = Path.ChangeExtension(second, null).Split(Path.DirectorySeparatorChar);
        for (int parts = 1; parts <= Math.Max(a.Length, b.Length); parts++)
        {
            (string tail, string other) = (string.Join('/', a.TakeLast(parts)), string.Join('/', b.TakeLast(parts)));
            if (tail != other)
            {
                return (tail, other);
            }
        }

        return (first, second); // the same file, or two that differ only in their extension
    }
}
