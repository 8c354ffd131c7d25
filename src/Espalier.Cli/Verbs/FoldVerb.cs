namespace Espalier.Cli;

/// <summary>The verb <c>fold</c>: folds the linear parts of a network.</summary>
internal sealed class FoldVerb : Verb
{
    private readonly ModelOptions _model = new();
    private readonly VerifyOptions _verify = new();
    private readonly Option<bool> _always = new("--always") { Description = "Merges all layers where that is exact, even if the merged layer needs more MACs or bytes." };
    private readonly Option<bool> _residuals = new("--remove-residuals") { Description = "Then removes shortcuts where that is exact, by passing them through additional channels of their branches: a plain network with more channels." };
    private readonly Option<bool> _further = new("--remove-further-outputs") { Description = "Removes the outputs after the first, such as the auxiliary classifiers of training, and the layers that only they need." };
    private readonly LedgerOptions _ledger = new();
    private readonly ResultOptions _result = new();

    internal FoldVerb(CliContext context)
        : base(
            context,
            "fold",
            "Folds every linear part of a network into one convolution where that is exact, lists merges and refusals with reasons, and compares the outputs of both networks. The result is for inference: norms use their running statistics.",
            "espalier fold mynet.espalier -o folded.espalier --verify test_batch.bin",
            "espalier fold resnet50 --weights resnet50-0676ba61.pth -o resnet50-folded.espalier",
            "espalier fold mynet.espalier --dry-run --json")
    {
        _model.AddTo(this);
        _verify.AddTo(this);
        this.AddAll(_always, _residuals, _further);
        _ledger.AddTo(this);
        _result.AddTo(this);
    }

    private protected override int Run(ParseResult parsed)
    {
        string? path = _result.Path(parsed);
        ModelSource request = _model.Read(parsed, Terminal);
        Model before = request.Load();
        ComparisonSamples samples = _verify.Open(parsed, ref before, Context);
        var options = new FoldOptions { Always = parsed.GetValue(_always), RemoveResiduals = parsed.GetValue(_residuals), RemoveFurtherOutputs = parsed.GetValue(_further) };
        FoldedModel folded = ModelFolding.Fold(before, options, samples, Context.Cancellation);
        VerifyOptions.Warned(folded, folded.Comparison, Terminal);
        var compared = new ComparisonReport(before, folded.Model, folded.Comparison);
        if (path is not null)
        {
            folded = folded.Record(_ledger.Begin(parsed, before, request, Context), _ledger.Timing(parsed), Context.Cancellation);
            Context.Cancellation.ThrowIfCancellationRequested();
            ResultOptions.Write(folded.Model, path, Terminal);
        }

        var output = new FoldOutput(folded);
        _result.Show(parsed, Terminal, path, new ReportObject { output.Data, compared.Data }, [.. output.Text, .. compared.Text]);
        return ExitCode.Success;
    }
}
