using Espalier.Models;
using Espalier.Training;
using TrainingData = Espalier.Data.TrainingData;

namespace Espalier.Cli;

/// <summary>The verb <c>degradation</c>: repeats the degradation experiment, plain and residual networks of several depths trained with the same options (He 2015, §4.2, Fig. 6).</summary>
internal sealed class DegradationVerb : Verb
{
    private readonly NewTraining _training = new(resumes: false);
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<int[]> _depths = new("--depths")
    {
        Description = "The depths of the networks: at least two numbers of the form 6n + 2.",
        HelpName = "N,N…",
        DefaultValueFactory = _ => [20, 56],
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            int[] depths = [.. text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int depth) ? depth : 0).Distinct().Order()];
            if (depths.Length < 2 || depths[0] == 0)
            {
                result.AddError($"--depths takes at least two different integers separated by commas, found '{text}'");
            }

            return depths;
        },
    };

    internal DegradationVerb(CliContext context)
        : base(
            context,
            "degradation",
            "Trains plain and residual CIFAR networks of several depths with the same options, and draws their errors in one chart: deeper plain networks have larger errors, deeper residual networks do not (He 2015). The same command resumes an interrupted run.",
            "espalier degradation --data cifar10/ -o runs/degradation --epochs 60",
            "espalier degradation --data shapes -o runs/shapes --depths 8,20,32 --epochs 3")
    {
        _training.AddTo(this);
        this.AddAll(_depths, _json);
    }

    private protected override int Run(ParseResult parsed)
    {
        (ZooEntry Entry, DegradationKind Kind, int Depth)[] networks =
        [
            .. from depth in parsed.GetRequiredValue(_depths)
               from kind in DegradationKind.All
               select (Zoo.Find(kind.Network(depth)), kind, depth),
        ];
        TrainingData data = _training.Open(parsed, networks[0].Entry, Terminal);
        ImageTrainingOptions options = _training.Options(parsed);
        string folder = options.Folder!;
        bool json = parsed.GetValue(_json);
        TextWriter lines = json ? Terminal.Error : Terminal.Out;
        var curves = new List<DegradationCurve>();
        foreach ((ZooEntry entry, DegradationKind kind, int depth) in networks)
        {
            lines.WriteLine($"{entry.Name} ({curves.Count + 1} of {networks.Length})");
            lines.Flush();
            curves.Add(new DegradationCurve(kind, depth, Train(parsed, entry, data, options with { Folder = Path.Combine(folder, entry.Name) }, lines)));
            lines.WriteLine();
        }

        new DegradationReport(curves, folder).Write().Show(Terminal, json);
        return ExitCode.Success;
    }

    private IReadOnlyList<EpochRecord> Train(ParseResult parsed, ZooEntry entry, TrainingData data, ImageTrainingOptions options, TextWriter lines)
    {
        bool begun = File.Exists(new TrainingFolder(options.Folder!).Checkpoint);
        var place = new TrainingOutput(CommandLine.Of(parsed), lines);
        (Model model, MatchedTrainingData matched) = _training.Network(parsed, data, entry.Create);
        try
        {
            return new DisplayedTraining(Context, _training.Training(parsed, model, matched, options with { Resume = begun }), place).Run().History;
        }
        catch (EspalierException error) when (begun && error is not MalformedInputException)
        {
            throw new EspalierException($"{options.Folder}: {error.Message}", error);
        }
    }
}
