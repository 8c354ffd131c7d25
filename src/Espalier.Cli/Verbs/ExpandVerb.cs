using Espalier.Models;

namespace Espalier.Cli;

/// <summary>The verb <c>expand</c>: replaces trained convolutions by multi-branch blocks.</summary>
internal sealed class ExpandVerb : Verb
{
    private readonly ModelOptions _model = new();
    private readonly Option<string> _block = new("--block") { Description = $"The block: {MultiBranchKinds.Names}.", HelpName = "NAME", CompletionSources = { "acb", "dbb", "repvgg", "mobileone" }, Required = true };
    private readonly Option<string[]> _scope = new("--scope")
    {
        Description = "The convolutions to replace: scopes such as layer3 or patterns such as 'layer*.0.conv2'; may be given several times. By default all with kernels larger than 1x1.",
        HelpName = "PATTERN",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<double> _gamma = DecimalOptions.Create(
        "--gamma",
        "The initial weight of the norms before each block's sum, except the main branch's. With 0 the added branches initially contribute nothing, neither in training nor at inference.",
        double.NegativeInfinity,
        double.PositiveInfinity,
        0,
        "NUMBER");

    private readonly VerifyOptions _verify = new();
    private readonly LedgerOptions _ledger = new();
    private readonly ResultOptions _result = new();

    internal ExpandVerb(CliContext context)
        : base(
            context,
            "expand",
            "Replaces trained convolutions, with the batch norms after them, by multi-branch blocks with unchanged output, so that fine-tuning starts from the accuracy of the original network. 'espalier fold' merges them again.",
            "espalier expand resnet18 --weights resnet18-f37072fd.pth --block dbb --scope layer3 -o expanded.espalier",
            "espalier expand plain.espalier --block acb --scope 'layer*.conv2' --gamma 0.1 -o expanded.espalier")
    {
        _model.AddTo(this, blocks: false);
        this.AddAll(_block, _scope, _gamma);
        _verify.AddTo(this);
        _ledger.AddTo(this);
        _result.AddTo(this);
    }

    private protected override int Run(ParseResult parsed)
    {
        string? output = _result.Path(parsed);
        var options = new ExpandOptions(parsed.GetRequiredValue(_block)) { Scopes = [.. parsed.GetValue(_scope) ?? []], Gamma = parsed.GetValue(_gamma) };
        MultiBranchKinds.Find(options.Block); // throws for an unknown block before the model is loaded
        ModelSource source = _model.Read(parsed, Terminal);
        Model before = source.Load();
        ComparisonSamples samples = _verify.Open(parsed, ref before, Context);
        if (ModelExpansion.FindUseless(before.Graph, options.Scopes) is string useless)
        {
            throw new EspalierException($"--scope {useless} matches no convolution; 'espalier summary --nodes' lists the names");
        }

        ExpandedModel expanded = ModelExpansion.Expand(before, options with { Seed = _model.Seed(parsed) }, samples, Context.Cancellation);
        VerifyOptions.Warned(expanded, expanded.Comparison, Terminal);
        var compared = new ComparisonReport(before, expanded.Model, expanded.Comparison);
        if (output is not null)
        {
            expanded = expanded.Record(_ledger.Begin(parsed, before, source, Context), _ledger.Timing(parsed), Context.Cancellation);
            ResultOptions.Write(expanded.Model, output, Terminal);
        }

        _result.Show(
            parsed,
            Terminal,
            output,
            new ReportObject
            {
                { "expanded", expanded.Expanded.Length },
                { "refusals", ReportTable.Of(expanded.Refusals).Field("node", refusal => refusal.Node).Field("reason", refusal => refusal.Reason) },
                compared.Data,
            },
            [.. expanded.Expanded.Select(line => (ReportPart)line), .. expanded.Refusals.Select(refusal => (ReportPart)$"{refusal.Node} is not replaced: {refusal.Reason}"), .. compared.Text]);
        return ExitCode.Success;
    }
}
