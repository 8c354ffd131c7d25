using System.CommandLine;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>Collapses the linear parts of a network.</summary>
internal sealed class FoldVerb : Verb
{
    private readonly ModelOptions _model = new();
    private readonly VerifyOptions _verify = new();
    private readonly Option<bool> _always = new("--always") { Description = "Merges whatever is exact, also where one layer takes more MACs or bytes than what it replaces." };
    private readonly Option<bool> _residuals = new("--remove-residuals") { Description = "Afterwards carries shortcuts through their branches in channels of their own, where that is exact: a plain network with more channels." };
    private readonly LedgerOption _ledger = new();
    private readonly ResultOptions _result = new();

    internal FoldVerb(CliContext context)
        : base(
            context,
            "fold",
            "Collapses every linear part of a network into one convolution where that is exact, says what was merged, what was not and why, and runs both networks to compare. The result is one for inference: norms count with their running statistics.",
            "espalier fold mynet.espalier -o folded.espalier --verify test_batch.bin",
            "espalier fold resnet50 --weights resnet50-0676ba61.pth -o resnet50-folded.espalier",
            "espalier fold mynet.espalier --dry-run --json")
    {
        _model.AddTo(this);
        _verify.AddTo(this);
        this.AddAll(_always, _residuals);
        _ledger.AddTo(this);
        _result.AddTo(this);
    }

    private protected override int Run(ParseResult parsed)
    {
        string? path = _result.Path(parsed);
        ModelRequest request = _model.Read(parsed);
        Model before = ModelLoader.Load(request).Model;
        VerifySamples samples = _verify.Open(parsed, ref before, Context);
        var options = new LinearFoldingOptions(parsed.GetValue(_always));
        FoldingReport report = InferenceFolding.Fold(before, options);
        Context.Cancellation.ThrowIfCancellationRequested();
        PassPlan? residuals = parsed.GetValue(_residuals) ? new ResidualRemoval().Plan(report.After) : null;
        Model after = residuals is null ? report.After : report.After.Apply(new ResidualRemoval());
        using ModelComparison comparison = samples.Compare(before, after, ("the network before", "the network after"));
        var compared = new ComparisonReport(before, after, comparison);
        if (path is not null)
        {
            LineageEntry entry = compared.Complete(report.ToLineage(options, comparison.Difference));
            entry = residuals is null ? entry : entry with { Settings = entry.Settings.Add(new("remove_residuals", "true")) };
            after = compared.Continue(after, _ledger.Begin(parsed, before, request, Context), entry);
            after = _ledger.Note(parsed, after, compared.AccuracyAfter, Context);
            Context.Cancellation.ThrowIfCancellationRequested();
            ModelFile.Write(path, after);
        }

        var output = new FoldOutput(report, residuals is null ? [] : [.. residuals.Refusals]);
        _result.Show(parsed, Terminal, path, new ReportObject { output.Data, compared.Data }, [.. output.Text, .. compared.Text]);
        return ExitCode.Success;
    }
}
