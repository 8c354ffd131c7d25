using Espalier.Models;
using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The verb <c>summary</c>: shows a network's sizes and figures.</summary>
internal sealed class SummaryVerb : Verb
{
    private readonly ModelOptions _model = new();
    private readonly BlockOptions _blocks = new();
    private readonly Option<string?> _input = InputOptions.Create();
    private readonly Option<bool> _nodes = new("--nodes") { Description = "Prints a row for each node of the graph." };
    private readonly Option<bool> _stages = new("--stages") { Description = "Prints a row for each stage, as in the papers' tables (the default)." };
    private readonly Option<bool> _folded = new("--folded") { Description = "Also shows the network folded for inference (see 'espalier fold')." };
    private readonly StochasticDepthOptions _depth = new();
    private readonly ReportOptions _report = new("Also writes the rows: of nodes with --nodes, of the folded network with --folded.");

    internal SummaryVerb(CliContext context)
        : base(
            context,
            "summary",
            "Shows a network stage by stage or node by node: output size, parameters, MACs, receptive field and effective stride; for a model file or a checkpoint also non-zero parameters. Needs no weights; with --folded also shows the folded network.",
            "espalier summary resnet50",
            "espalier summary resnet50 --nodes --input 3x320x320",
            "espalier summary resnet50 --folded",
            "espalier summary cifar_resnet110 --stochastic-depth 0.5",
            "espalier summary resnet18 --block dbb=layer3,layer4",
            "espalier summary vgg16 --stages --nodes --json")
    {
        _model.AddTo(this, blocks: false); // its own option, which takes --block-gamma too
        _blocks.AddTo(this);
        this.AddAll(_input, _nodes, _stages, _folded);
        _depth.AddTo(this);
        _report.AddTo(this);
    }

    private protected override int Run(ParseResult parsed)
    {
        bool nodes = parsed.GetValue(_nodes);
        bool stages = parsed.GetValue(_stages) || !nodes;
        Report[] reports = [.. Reports(parsed).Select(report => report.Report(nodes, stages))];
        Report whole = reports is [Report before, Report folded]
            ? new Report(new ReportObject { { "before", before.Data }, { "folded", folded.Data } }) { Text = [.. before.Text, .. folded.Text], Rows = folded.Rows }
            : reports[0];
        _report.Show(parsed, Terminal, whole);
        return ExitCode.Success;
    }

    /// <summary>The network and, if requested, the folded network; parameter values are only needed for folding and stochastic depth.</summary>
    private IEnumerable<SummaryReport> Reports(ParseResult parsed)
    {
        ModelSource request = _model.Read(parsed, Terminal) with { Blocks = _blocks.Read(parsed) };
        bool folded = parsed.GetValue(_folded);
        Model? trained = Trained(request);
        if (trained is null && !folded && !_depth.IsGiven(parsed))
        {
            NetworkDefinition network = request.LoadNetwork();
            yield return new SummaryReport(network.Metadata.Architecture, new NetworkSummary(InputOptions.Apply(parsed, _input, network.Graph), network.Metadata.Stages));
            yield break;
        }

        bool hasNumbers = trained is not null;
        Model model = trained ?? request.Load();
        Graph sized = InputOptions.Apply(parsed, _input, model.Graph);
        model = _depth.Apply(parsed, model.WithInput(sized.ShapeOf(sized.Input.Name)), _model.Seed(parsed));
        yield return Report(model, "", hasNumbers);
        if (folded)
        {
            yield return Report(InferenceFolding.FoldUnrecorded(model).After, " folded", hasNumbers);
        }
    }

    /// <summary>The model with trained weights, or <see langword="null"/> if there are none or if they belong to another network.</summary>
    private Model? Trained(ModelSource request)
    {
        try
        {
            return request.Weights is null && Zoo.TryFind(request.Name, out _) ? null : request.Load();
        }
        catch (StateDictMismatchException error)
        {
            Terminal.Note($"the weights are not shown: {error.Message}");
            return null;
        }
    }

    /// <summary>A report without non-zero counts for random weights.</summary>
    private static SummaryReport Report(Model model, string what, bool hasNumbers) =>
        new(model.Metadata.Architecture + what, hasNumbers ? new NetworkSummary(model) : new NetworkSummary(model.Graph, model.Metadata.Stages));
}
