using System.CommandLine;
using System.Globalization;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>Makes trained convolutions into blocks of branches.</summary>
internal sealed class ExpandVerb : Verb
{
    private readonly ModelOptions _model = new();
    private readonly Option<string> _block = new("--block") { Description = $"The block: {MultiBranchKinds.Names}.", HelpName = "NAME", CompletionSources = { "acb", "dbb", "repvgg", "mobileone" }, Required = true };
    private readonly Option<string[]> _scope = new("--scope")
    {
        Description = "Which convolutions: scopes such as layer3 or patterns such as 'layer*.0.conv2'; may be given several times. By default all with a kernel larger than 1x1.",
        HelpName = "PATTERN",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<double> _gamma = new("--gamma")
    {
        Description = "The initial weight of the norms before each block's sum, except the main branch's. With 0 the added branches initially contribute nothing, neither in training nor at inference.",
        HelpName = "NUMBER",
        DefaultValueFactory = _ => 0,
    };

    private readonly VerifyOptions _verify = new();
    private readonly LedgerOption _ledger = new();
    private readonly ResultOptions _result = new();

    internal ExpandVerb(CliContext context)
        : base(
            context,
            "expand",
            "Makes trained convolutions, with the batch norms behind them, into blocks of several branches whose output is unchanged, so that fine-tuning starts where the plain network stood. 'espalier fold' collapses them again.",
            "espalier expand resnet18 --weights resnet18-f37072fd.pth --block dbb --scope layer3 -o expanded.espalier",
            "espalier expand plain.espalier --block acb --scope 'layer*.conv2' --gamma 0.1 -o expanded.espalier")
    {
        _model.AddTo(this);
        this.AddAll(_block, _scope, _gamma);
        _verify.AddTo(this);
        _ledger.AddTo(this);
        _result.AddTo(this);
    }

    private protected override int Run(ParseResult parsed)
    {
        string? output = _result.Path(parsed);
        string name = parsed.GetRequiredValue(_block);
        Func<Value, string, MultiBranchOptions, Value> block = MultiBranchKinds.Find(name).Builder();
        ModelRequest request = _model.Read(parsed);
        Model before = ModelLoader.Load(request).Model;
        VerifySamples samples = _verify.Open(parsed, ref before, Context);
        string[] patterns = parsed.GetValue(_scope) ?? [];
        double gamma = parsed.GetValue(_gamma);
        RequireMatches(before.Graph, patterns);
        var pass = new ConvolutionExpansion(
            (scope, convolution, input) => MultiBranchModels.Build(scope, convolution, input, block, gamma, request.Seed),
            patterns.Length == 0 ? null : node => patterns.Any(pattern => ScopePattern.Matches(pattern, node.Name)));
        PassPlan plan = pass.Plan(before);
        Model after = plan.Patches.IsEmpty
            ? throw new EspalierException(plan.Refusals.IsEmpty ? "the network has no convolution with a kernel larger than 1x1" : $"none of {plan.Refusals.Length} convolutions can be expanded; {plan.Refusals[0].Node}: {plan.Refusals[0].Reason}")
            : before.Apply(plan.Patches);
        using ModelComparison comparison = samples.Compare(before, after, ("the network before", "the network after"));
        var compared = new ComparisonReport(before, after, comparison);
        if (output is not null)
        {
            LineageEntry entry = compared.Complete(Lineage(name, patterns, gamma, plan, comparison.Difference));
            after = compared.Continue(after, _ledger.Begin(parsed, before, request, Context), entry);
            ModelFile.Write(output, _ledger.Note(parsed, after, compared.AccuracyAfter, Context));
        }

        _result.Show(
            parsed,
            Terminal,
            output,
            new ReportObject
            {
                { "expanded", plan.Patches.Length },
                { "refusals", ReportTable.Of(plan.Refusals).Field("node", refusal => refusal.Node).Field("reason", refusal => refusal.Reason) },
                compared.Data,
            },
            [.. plan.Patches.Select(patch => (ReportPart)patch.Reason), .. plan.Refusals.Select(refusal => (ReportPart)$"{refusal.Node} stays: {refusal.Reason}"), .. compared.Text]);
        return ExitCode.Success;
    }

    private static void RequireMatches(Graph graph, string[] patterns)
    {
        if (patterns.FirstOrDefault(pattern => !graph.Nodes.Any(node => node.Op is Conv2d && ScopePattern.Matches(pattern, node.Name))) is string useless)
        {
            throw new EspalierException($"--scope {useless} matches no convolution; 'espalier summary --nodes' lists the names");
        }
    }

    private static LineageEntry Lineage(string block, string[] patterns, double gamma, PassPlan plan, OutputDifference difference) => new(
        "expand",
        [
            new("block", block), new("scope", string.Join(' ', patterns)), new("gamma", gamma.ToString(CultureInfo.InvariantCulture)),
            new("convolutions", plan.Patches.Length.ToString(CultureInfo.InvariantCulture)),
        ],
        [new("maximum_difference", difference.Maximum), new("relative_difference", difference.Relative)]);
}
