using System.Text;
using Espalier.Data;

namespace Espalier.Cli;

/// <summary>The verb <c>quantize</c>: quantizes a network to 8 bits.</summary>
internal sealed class QuantizeVerb : Verb
{
    private readonly ModelOptions _model = new();
    private readonly Option<string?> _data = new("--data")
    {
        Description = $"Typical images, from which scales are derived: data as for 'finetune', of which the part for training is used, a folder of images, or '{DataSource.Generated}'. Their classes need not be the model's.",
        HelpName = "PATH",
    };

    private readonly Option<int> _images = NumberOptions.Create("--images", "The number of images that scales are derived from: the same share of each class, chosen by --seed; all if there are fewer.", 1, 1 << 20, CalibrationImages.Usual);
    private readonly QuantizationSchemeOptions _scheme = new();
    private readonly VerifyOptions _verify = new(otherwise: "at most 1000 images of --data: of its part for validation, else of those that scales were not derived from");
    private readonly Option<string?> _csv = new("--csv") { Description = "Also writes a row for each rounded value: its layer, signal-to-noise ratio, observer, scale and zero point.", HelpName = "FILE" };
    private readonly Option<string?> _svg = new("--svg") { Description = "Also draws the signal-to-noise ratios.", HelpName = "FILE" };
    private readonly LedgerOptions _ledger = new();
    private readonly ResultOptions _result = new();

    internal QuantizeVerb(CliContext context)
        : base(
            context,
            "quantize",
            "Quantizes a trained network to 8 bits: folds it as 'fold' does, derives the scales of its values from typical images, rounds values and weights, shows how much noise that adds to each value, and compares both networks.",
            "espalier quantize mynet.espalier --data cifar10/ -o small.espalier",
            "espalier quantize mobilenet_v2 --weights mobilenet_v2-b0353104.pth --data imagenet/train --verify imagenet/val -o small.espalier",
            "espalier quantize mynet.espalier --data photos/ --observer percentile --percentile 99.9 -o small.espalier",
            "espalier quantize mynet.espalier --data cifar10/ --keep-float auto --max-loss 0.002 -o small.espalier",
            "espalier quantize mynet.espalier --data cifar10/ --dry-run --csv noise.csv --svg noise.svg")
    {
        _model.AddTo(this);
        this.AddAll(_data, _images);
        _scheme.AddTo(this);
        _verify.AddTo(this);
        this.AddAll(_csv, _svg);
        _ledger.AddTo(this);
        _result.AddTo(this);
    }

    private protected override int Run(ParseResult parsed)
    {
        string? path = _result.Path(parsed);
        string data = parsed.GetValue(_data) ?? throw new EspalierException("scales are derived from typical images: give them with --data PATH, such as the images that the network was trained on");
        ModelSource request = _model.Read(parsed, Terminal);
        var options = new QuantizeOptions
        {
            Images = parsed.GetValue(_images),
            Seed = _model.Seed(parsed),
            Scheme = _scheme.Read(parsed),
            MaximumLoss = _scheme.MaximumLoss(parsed),
            Threads = CommonOptions.Threads(parsed, Context),
            Runtime = RuntimeOptions.Read(parsed),
            Processes = Context.Processes,
        };
        Model before = _verify.Prepare(parsed, request.Load());
        var model = new QuantizableModel(before, options.Scheme);
        CalibrationImages images = CalibrationImages.Open(data, options.Images, options.Seed, DecodingOptions.Source(parsed) with { GeneratedSide = model.Side });
        ComparisonSamples samples = _verify.Open(parsed, ref before, images, Context);
        QuantizedModel? result = null;
        const int Steps = 1000;
        ProgressBar.Run(Terminal, "quantize", Steps, report =>
            result = ModelQuantization.Quantize(model.With(before.Metadata), images, options, samples, new DirectProgress<double>(done => report((long)(Steps * done))), Context.Cancellation));
        if (Context.IsSilent)
        {
            return ExitCode.Success;
        }

        Warn(result!);
        QuantizedModel quantized = result!.Record(_ledger.Begin(parsed, before, request, Context), _ledger.Timing(parsed), Context.Cancellation);
        Context.Cancellation.ThrowIfCancellationRequested();
        var report = new QuantizationReport(quantized, _verify.Path(parsed) ?? images.OthersRule);
        WriteFiles(parsed, quantized, report, path);
        _result.Show(parsed, Terminal, path, report.Data, report.Text);
        return ExitCode.Success;
    }

    private void WriteFiles(ParseResult parsed, QuantizedModel quantized, QuantizationReport report, string? path)
    {
        if (path is not null)
        {
            ResultOptions.Write(quantized.Model, path, Terminal);
        }

        if (parsed.GetValue(_csv) is string csv)
        {
            AtomicFile.Write(csv, stream => stream.Write(Encoding.UTF8.GetBytes(report.Noise.ToCsv())));
        }

        if (parsed.GetValue(_svg) is string svg)
        {
            quantized.Noise.WriteSvg(svg, quantized.Model.Metadata.Architecture is { Length: > 0 } name ? name : "network");
        }
    }

    private void Warn(QuantizedModel quantized)
    {
        foreach (SampleFailure failure in quantized.Unreadable)
        {
            Terminal.Warn(failure.ToString());
        }

        foreach (string note in quantized.Notes)
        {
            Terminal.Note(note);
        }

        VerifyOptions.Warned(quantized, quantized.Comparison, Terminal);
    }
}
