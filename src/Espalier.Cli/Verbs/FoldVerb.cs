namespace Espalier.Cli;

/// <summary>Collapses the linear parts of a network.</summary>
internal sealed class FoldVerb : Verb
{
    private readonly ModelOptions _model = new();
    private readonly VerifyOptions _verify = new();
    private readonly Option<bool> _always = new("--always") { Description = "Merges whatever is exact, also where one layer takes more MACs or bytes than what it replaces." };
    private readonly Option<bool> _residuals = new("--remove-residuals") { Description = "Afterwards carries shortcuts through their branches in channels of their own, where that is exact: a plain network with more channels." };
    private readonly LedgerOptions _ledger = new();
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
        ModelSource request = _model.Read(parsed, Terminal);
        Model before = request.Load();
        ComparisonSamples samples = _verify.Open(parsed, ref before, Context);
        FoldedModel folded = ModelFolding.Fold(before, new FoldOptions { Always = parsed.GetValue(_always), RemovesResiduals = parsed.GetValue(_residuals) }, samples, Context.Cancellation);
        VerifyOptions.Warned(folded, folded.Comparison, Terminal);
        var compared = new ComparisonReport(before, folded.Model, folded.Comparison);
        if (path is not null)
        {
            folded = folded.Record(_ledger.Begin(parsed, before, request, Context), _ledger.Timing(parsed), Context.Cancellation);
            Context.Cancellation.ThrowIfCancellationRequested();
            folded.Model.Save(path);
        }

        var output = new FoldOutput(folded.Report, folded.KeptResiduals);
        _result.Show(parsed, Terminal, path, new ReportObject { output.Data, compared.Data }, [.. output.Text, .. compared.Text]);
        return ExitCode.Success;
    }
}
