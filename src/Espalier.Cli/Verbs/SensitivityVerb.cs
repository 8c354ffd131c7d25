using Espalier.Data;
using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The verb <c>sensitivity</c>: measures the loss when each layer or group is pruned.</summary>
internal sealed class SensitivityVerb : Verb
{
    private const int UsualBatch = 32;
    private const int UsualImages = 256;
    private const int UsualNumbers = 2; // random samples

    private readonly ModelOptions _model = new();
    private readonly Option<string?> _data = new("--data") { Description = "Images with classes to measure accuracy on, as for 'evaluate'. Without it the change of the outputs on random input is measured.", HelpName = "PATH" };
    private readonly Option<int> _samples = NumberOptions.Create("--samples", $"The number of samples to measure on, evenly spread over the data; by default {UsualImages} images or {UsualNumbers} random ones.", 1, 1 << 20, null);
    private readonly SensitivityOptions _scan = new();
    private readonly Option<double> _loss = DecimalOptions.Create("--max-loss", "The maximum loss of accuracy, or change of the outputs, for one layer or group: the last column is the largest amount within it.", 0, 1, 0.01);
    private readonly Option<string?> _svg = new("--svg") { Description = "Also draws a heat map of the measurements.", HelpName = "FILE" };
    private readonly Option<string?> _amountsCsv = new("--amounts-csv") { Description = "Also writes the last column as lines 'name,amount', which 'prune --amounts' reads.", HelpName = "FILE" };
    private readonly PreprocessingOptions _preprocessing = new();
    private readonly ClassOptions _classes = new();
    private readonly Option<int> _batch = CommonOptions.Batch(UsualBatch);
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly ReportOptions _report = new("Also writes all measurements.");

    internal SensitivityVerb(CliContext context)
        : base(
            context,
            "sensitivity",
            "Prunes one layer, or one group of channels, at a time by several amounts, while the others are not pruned, and shows the resulting accuracy. The model is not changed.",
            "espalier sensitivity mynet.espalier --data test_batch.bin --samples 500",
            "espalier sensitivity mynet.espalier --by group --data test_batch.bin --svg sensitivity.svg --csv sensitivity.csv",
            "espalier sensitivity resnet152 --by group --amounts 0.5")
    {
        _model.AddTo(this);
        this.AddAll(_data, _samples);
        _scan.AddTo(this);
        this.AddAll(_loss, _svg, _amountsCsv);

        _preprocessing.AddTo(this);
        _classes.AddTo(this);
        this.AddAll(_batch, _threads, RuntimeOptions.Create());
        _report.AddTo(this);
    }

    private protected override int Run(ParseResult parsed)
    {
        ModelSource request = _model.Read(parsed);
        Model model = request.Load();
        using SensitivityMeasure measure = Open(parsed, model, _model.Seed(parsed));
        SensitivityScan? scan = null;
        const int Steps = 1000; // the number of models to measure is only known when the scan has started
        ProgressBar.Run(Terminal, "sensitivity", Steps, report =>
            scan = _scan.Scan(parsed, model, _model.Seed(parsed), measure.Quality, (done, all) => report((long)Steps * done / all)));
        string what = _scan.IsByGroup(parsed) ? "channels of one group" : "weights of one layer";
        if (parsed.GetValue(_amountsCsv) is string path)
        {
            AmountsFile.Write(path, scan!.AmountsWithin(parsed.GetValue(_loss)));
        }

        if (parsed.GetValue(_svg) is string svg)
        {
            scan!.WriteSvg(svg, $"{model.Metadata.Architecture} without {what}".TrimStart(), measure.IsAccuracy);
        }

        _report.Show(parsed, Terminal, new SensitivityReport(scan!, measure.IsAccuracy, parsed.GetValue(_loss)).Report());
        return ExitCode.Success;
    }

    private SensitivityMeasure Open(ParseResult parsed, Model model, ulong seed)
    {
        int threads = parsed.GetValue(_threads);
        IRuntime runtime = RuntimeOptions.Read(parsed);
        if (parsed.GetValue(_data) is not string data)
        {
            if ((_classes.Given(parsed) ?? _preprocessing.Given(parsed)) is string stray)
            {
                throw new EspalierException($"{stray} requires the images of --data; found none");
            }

            return SensitivityMeasure.OnNumbers(model, parsed.Given(_samples) ?? UsualNumbers, seed, runtime, threads, Context.Cancellation);
        }

        model = _classes.Label(parsed, _preprocessing.Apply(parsed, model));
        MatchedDataset images = ModelSensitivity.Spread(_classes.OpenForEvaluation(parsed, ref model, [data], Terminal), parsed.Given(_samples) ?? UsualImages);
        var loading = new DataLoaderOptions { BatchSize = parsed.GetValue(_batch), Workers = threads, Prefetch = 1, Unreadable = UnreadableSamples.Skip };
        var loader = new DataLoader(images, InputPipeline.Of(model), loading);
        SensitivityMeasure measure = SensitivityMeasure.OnImages(model, images, loader, runtime, threads, Context.Cancellation);
        foreach (SampleFailure failure in loader.Failures)
        {
            Terminal.Warn(failure.ToString());
        }

        return measure;
    }
}
