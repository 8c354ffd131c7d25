using Espalier.Data;
using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The verb <c>sensitivity</c>: measures the loss when each layer or group is pruned.</summary>
internal sealed class SensitivityVerb : Verb
{
    private const int UsualBatch = 32;

    private readonly ModelOptions _model = new();
    private readonly Option<string?> _data = new("--data") { Description = "Images with classes to measure accuracy on, as for 'evaluate'. Without it the change of the outputs on random input is measured.", HelpName = "PATH" };
    private readonly Option<int> _samples = NumberOptions.Create("--samples", $"The number of samples to measure on, evenly spread over the data; by default {ModelSensitivity.UsualImages} images or {ModelSensitivity.UsualNumbers} random ones.", 1, 1 << 20, null);
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
        DecodingOptions.AddTo(this);
        _classes.AddTo(this);
        this.AddAll(_batch, _threads);
        RuntimeOptions.AddTo(this);
        _report.AddTo(this);
    }

    private protected override int Run(ParseResult parsed)
    {
        ModelSource request = _model.Read(parsed, Terminal);
        Model model = request.Load();
        SensitivityScanOptions options = _scan.Read(parsed, _model.Seed(parsed)) with
        {
            Samples = parsed.Given(_samples),
            Threads = CommonOptions.Threads(parsed, Context),
            Runtime = RuntimeOptions.Read(parsed),
        };
        var work = new SharedWork(Context.Processes, Context.Cancellation);
        using SensitivityMeasure measure = Open(parsed, model, options, work);
        SensitivityScan? scan = null;
        const int Steps = 1000; // the number of models to measure is only known when the scan has started
        ProgressBar.Run(Terminal, "sensitivity", Steps, report =>
            scan = ModelSensitivity.Scan(model, options, measure, (done, all) => report((long)Steps * done / all), work));
        if (Context.IsSilent)
        {
            return ExitCode.Success;
        }

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

    private SensitivityMeasure Open(ParseResult parsed, Model model, SensitivityScanOptions options, SharedWork work)
    {
        (int batch, ulong seed) = (parsed.GetValue(_batch), _model.Seed(parsed));
        if (parsed.GetValue(_data) is not string data)
        {
            return (_classes.Given(parsed) ?? _preprocessing.Given(parsed) ?? DecodingOptions.Given(parsed)) is string stray
                ? throw new EspalierException($"{stray} requires the images of --data; found none")
                : ModelSensitivity.Measure(model, null, options, batch, seed, work);
        }

        model = _classes.Label(parsed, _preprocessing.Apply(parsed, model));
        MatchedDataset images = ModelSensitivity.Spread(_classes.OpenForEvaluation(parsed, ref model, [data], Terminal, DecodingOptions.Source(parsed)), options.Samples);
        SensitivityMeasure measure = ModelSensitivity.Measure(model, images, options, batch, seed, work);
        foreach (SampleFailure failure in measure.Unreadable)
        {
            Terminal.Warn(failure.ToString());
        }

        new DataNotes(Terminal, images).Tell();
        return measure;
    }
}
