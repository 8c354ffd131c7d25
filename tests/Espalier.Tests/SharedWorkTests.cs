using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Tests;

/// <summary>What several processes compute together is bit-identical to what one computes.</summary>
public sealed class SharedWorkTests : IDisposable
{
    private const int Images = 27; // no multiple of a batch or of the processes
    private readonly TemporaryFolder _folder = new();
    private readonly Model _model = Zoo.Create("cifar_resnet8").Initialize(1);
    private readonly string _data;

    public SharedWorkTests() => _data = TinyData.WriteCifar(_folder, Images);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Evaluation(int count)
    {
        string[] reports = ThreadProcesses.Run(count, processes =>
        {
            using var classifier = new ImageClassifier(_model, new ImageClassifierOptions { Threads = 1, Batch = 4, Processes = processes });
            return Text(classifier.Evaluate(_data, new EvaluationOptions { Worst = 5 }, cancellation: TestContext.Current.CancellationToken));
        });
        using var one = new ImageClassifier(_model, new ImageClassifierOptions { Threads = 2, Batch = 5 });
        Assert.All(reports, report => Assert.Equal(Text(one.Evaluate(_data, new EvaluationOptions { Worst = 5 }, cancellation: TestContext.Current.CancellationToken)), report));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Classification_with_images_that_cannot_be_read(int count)
    {
        string[] files = [.. Enumerable.Range(0, 11).Select(Photo)];
        foreach (int damaged in (int[])[0, 4, 5, 6, 7, 10]) // a whole batch is among them
        {
            File.WriteAllBytes(files[damaged], [1, 2, 3]);
        }

        using var one = new ImageClassifier(_model, new ImageClassifierOptions { Threads = 1, Batch = 2 });
        string[] expected = Text(one.ClassifyAll(files, cancellation: TestContext.Current.CancellationToken));
        foreach (int batch in (int[])[2, 8])
        {
            var progress = new List<int>();
            string[][] answers = ThreadProcesses.Run(count, processes =>
            {
                using var classifier = new ImageClassifier(_model, new ImageClassifierOptions { Threads = 1, Batch = batch, Processes = processes });
                return Text(classifier.ClassifyAll(files, progress: processes.Rank == 0 ? new Done(progress) : null, cancellation: TestContext.Current.CancellationToken));
            });
            Assert.All(answers, answer => Assert.Equal(expected, answer));
            Assert.Equal(files.Length, progress[^1]);
            Assert.Equal(progress.Order(), progress);
        }
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public void Quantization_with_everything_that_is_chosen_by_samples(int count, bool searches)
    {
        QuantizeOptions options = new() { Images = 19, Threads = 1, MaximumLoss = searches ? 0.02 : null, Scheme = new() { AdaptiveRounding = new() { Steps = 20, Positions = 50 } } };
        QuantizedModel one = _model.Quantize(_data, options, cancellation: TestContext.Current.CancellationToken);
        QuantizedModel[] results = ThreadProcesses.Run(count, processes => _model.Quantize(_data, options with { Processes = processes }, cancellation: TestContext.Current.CancellationToken));
        Assert.All(results, result =>
        {
            Assert.Equal(Bits(one.Model), Bits(result.Model));
            Assert.Equal(one.Noise, result.Noise);
            Assert.Equal(one.KeptFloat, result.KeptFloat);
            Assert.Equal(one.Search?.Noise ?? [], result.Search?.Noise ?? []);
            Assert.Equal(one.Comparison.ToString(), result.Comparison.ToString());
            Assert.Equal(one.Comparison.Difference, result.Comparison.Difference);
            Assert.Equal(one.Model.Metadata.Lineage[^1].ToString(), result.Model.Metadata.Lineage[^1].ToString());
        });
    }

    [Theory]
    [InlineData(2, true, false)]
    [InlineData(3, false, true)]
    [InlineData(4, false, false)]
    public void Sensitivity(int count, bool onImages, bool byGroup)
    {
        SensitivityScanOptions options = new() { Amounts = [0.3, 0.6, 0.9], Threads = 1, Samples = onImages ? 10 : null, Channels = byGroup ? new ChannelPruning() : null };
        string? data = onImages ? _data : null;
        SensitivityScan one = _model.MeasureSensitivity(data, options, cancellation: TestContext.Current.CancellationToken);
        SensitivityScan[] scans = ThreadProcesses.Run(count, processes => _model.MeasureSensitivity(data, options with { Processes = processes }, cancellation: TestContext.Current.CancellationToken));
        Assert.All(scans, scan =>
        {
            Assert.Equal(one.Whole, scan.Whole);
            Assert.Equal(one.Curves, scan.Curves);
        });
    }

    [Fact]
    public void Other_models_data_and_settings_are_refused_by_name()
    {
        string other = TinyData.WriteCifar(new TemporaryFolder(), Images - 1);
        Refused("model", (processes, isOther) => Classify(processes, isOther ? Zoo.Create("cifar_resnet8").Initialize(2) : _model, _data, 4));
        Refused("data", (processes, isOther) => Classify(processes, _model, isOther ? other : _data, 4));
        Refused("batch", (processes, isOther) => Classify(processes, _model, _data, isOther ? 5 : 4));
        Refused("scheme", (processes, isOther) => _model.Quantize(_data, new QuantizeOptions { Images = 8, Processes = processes, Scheme = new() { Equalize = isOther } }));
        Refused("amounts", (processes, isOther) => _model.MeasureSensitivity(null, new SensitivityScanOptions { Amounts = [isOther ? 0.4 : 0.5], Processes = processes }));
        Refused("work", (processes, isOther) => isOther ? _model.MeasureSensitivity(_data, new SensitivityScanOptions { Processes = processes }) : Classify(processes, _model, _data, 4));
    }

    [Fact]
    public void Where_one_process_is_cancelled_all_stop()
    {
        using var cancellation = new CancellationTokenSource();
        Exception?[] ends = ThreadProcesses.Run(3, processes => Record.Exception(() =>
        {
            using var classifier = new ImageClassifier(_model, new ImageClassifierOptions { Threads = 1, Batch = 1, Processes = processes });
            var progress = new Cancelling(cancellation);
            classifier.Evaluate(_data, null, processes.Rank == 1 ? progress : null, processes.Rank == 1 ? cancellation.Token : CancellationToken.None);
        }));
        Assert.All(ends, end => Assert.IsType<OperationCanceledException>(end));
    }

    [Fact]
    public void Tuned_kernels_are_refused()
    {
        var options = new ImageClassifierOptions { TunedKernels = new Inference.TunedKernels(default!, System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty) };
        Assert.All(ThreadProcesses.Run(2, processes => Record.Exception(() => new ImageClassifier(_model, options with { Processes = processes }))!.Message), message => Assert.Contains("tuned kernels are those of one machine", message, StringComparison.Ordinal));
    }

    private static object Classify(IProcessGroup processes, Model model, string data, int batch)
    {
        using var classifier = new ImageClassifier(model, new ImageClassifierOptions { Threads = 1, Batch = batch, Processes = processes });
        return classifier.Evaluate(data);
    }

    private static void Refused(string setting, Func<IProcessGroup, bool, object> work)
    {
        Exception?[] ends = ThreadProcesses.Run(3, processes => Record.Exception(() => work(processes, processes.Rank == 2)));
        Assert.All(ends, end => Assert.Contains($"process 2 on host2 has {setting} '", Assert.IsType<SharedFailureException>(end).Message, StringComparison.Ordinal));
    }

    private string Photo(int seed)
    {
        string path = _folder.File($"photo{seed:D2}.png");
        File.WriteAllBytes(path, Espalier.Imaging.PngEncoder.Encode(TinyData.Picture(seed)));
        return path;
    }

    private static string Text(ClassificationReport report) =>
        $"{report.Count} {Bits(report.Loss)} {Bits(report.CalibrationError)} {report.TopCorrect(1)} {report.TopCorrect(5)} {string.Join(' ', report.Worst.Select(image => $"{image.Index} {Bits(image.Loss)}"))}";

    private static string[] Text(IEnumerable<ClassifiedImage> images) =>
        [.. images.Select(image => $"{image.Name} {image.Error} {string.Join(' ', image.Predictions.Select(prediction => $"{prediction.Class} {BitConverter.SingleToInt32Bits(prediction.Logit)}"))}")];

    private static string Bits(Model model) => string.Join('\n', model.Parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal).Select(parameter => $"{parameter.Key} {Convert.ToHexString(parameter.Value.Value.Bytes.Span)}"));

    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);

    private sealed class Done(List<int> reports) : IProgress<int>
    {
        public void Report(int value) => reports.Add(value);
    }

    private sealed class Cancelling(CancellationTokenSource cancellation) : IProgress<int>
    {
        public void Report(int value) => cancellation.Cancel();
    }
}
