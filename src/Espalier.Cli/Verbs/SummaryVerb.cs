using System.CommandLine;
using Espalier.Cli.Models;
using Espalier.Cli.Options;
using Espalier.Cli.Output;
using Espalier.Graphs;

namespace Espalier.Cli.Verbs;

/// <summary>A network in figures.</summary>
internal sealed class SummaryVerb : Verb
{
    private readonly ModelOptions _model = new();
    private readonly Option<string?> _input = InputOption.Create();
    private readonly Option<bool> _nodes = new("--nodes") { Description = "A row for each node of the graph." };
    private readonly Option<bool> _stages = new("--stages") { Description = "A row for each stage, as in the papers' tables (the default)." };
    private readonly Option<bool> _json = CommonOptions.Json();

    internal SummaryVerb(CliContext context)
        : base(
            context,
            "summary",
            "Shows a network stage by stage or node by node: output size, parameters, MACs, receptive field and effective stride. Needs no weights.",
            "espalier summary resnet50",
            "espalier summary resnet50 --nodes --input 3x320x320",
            "espalier summary vgg16 --stages --nodes --json")
    {
        _model.AddTo(this);
        Add(_input);
        Add(_nodes);
        Add(_stages);
        Add(_json);
    }

    private protected override int Run(ParseResult parsed)
    {
        Blueprint network = ModelLoader.Network(_model.Read(parsed));
        var summary = new NetworkSummary(InputOption.Apply(parsed, _input, network.Graph), network.Metadata.Stages);
        bool nodes = parsed.GetValue(_nodes);
        bool stages = parsed.GetValue(_stages) || !nodes;
        var report = new SummaryReport(network.Metadata.Architecture, summary);
        if (parsed.GetValue(_json))
        {
            Json.Print(Terminal, report.Write);
        }
        else
        {
            report.Print(Terminal, nodes, stages);
        }

        return ExitCode.Success;
    }
}
