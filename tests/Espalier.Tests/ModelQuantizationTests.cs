using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Tests;

public sealed class ModelQuantizationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Model _model = Zoo.Create("cifar_resnet8").Initialize(1);
    private readonly string _data;

    public ModelQuantizationTests() => _data = TinyData.WriteCifar(_folder, 40);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("cpu")]
    [InlineData("reference")]
    public void What_is_saved_answers_bit_for_bit_as_what_is_in_memory(string name)
    {
        IRuntime runtime = Runtimes.Find(name);
        Model quantized = Quantize(_data, new QuantizeOptions { Images = 20, Verification = _data, Scheme = new() { KeepFloat = ["linear"] } }).Model;
        string path = _folder.File("small.espalier");
        quantized.Save(path);
        Tensor input = CounterFill.Input([3, 3, 32, 32]);

        float[] saved = runtime.Run(ModelSource.Load(path), input).Read<float>().ToArray();

        Assert.Equal(runtime.Run(quantized, input).Read<float>().ToArray(), saved);
        Assert.NotEqual(runtime.Run(_model, input).Read<float>().ToArray(), saved);
    }

    [Fact]
    public void Figures_and_settings_are_recorded()
    {
        QuantizedModel result = Quantize(_data, new QuantizeOptions { Images = 20, Measures = true });

        Assert.Equal(20, result.Comparison.Samples);
        LedgerStep[] steps = [.. result.Model.History()];
        Assert.Equal(["load", "quantize"], steps.Select(step => step.Entry.Action));
        Assert.Equal(result.Comparison.FirstAccuracy, steps[0].Figures!.Value.Accuracy);
        Assert.Equal(result.Comparison.SecondAccuracy, steps[1].Figures!.Value.Accuracy);
        Assert.Null(steps[0].Figures!.Value.Bits);
        Assert.Equal(new NetworkSummary(result.Model).BitsPerParameter, steps[1].Figures!.Value.Bits);
        Assert.True(steps[1].Figures!.Value.Bytes < steps[0].Figures!.Value.Bytes / 2);
        Assert.All(steps, step => Assert.True(step.Figures!.Value.Milliseconds > 0));
        Assert.Contains("20", steps[1].Entry.Settings.Single(setting => setting.Name == "images").Value, StringComparison.Ordinal);
        Assert.Equal(_model.Metadata.Labels, result.Model.Metadata.Labels);
        Assert.StartsWith("20 of 40 images", result.Calibration, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_go_back_to_floating_point_until_no_more_is_lost_than_allowed()
    {
        QuantizedModel any = Quantize(_data, new QuantizeOptions { Images = 20, MaximumLoss = 1 });
        Assert.Empty(any.KeptFloat);
        Assert.True(any.Search!.Reached);

        QuantizedModel none = Quantize(_data, new QuantizeOptions { Images = 20, MaximumLoss = 0 });
        Assert.Equal(none.Search!.KeepFloat.Order(), none.KeptFloat.Order());
        Assert.True(!none.Search.Reached || none.Comparison.SecondAccuracy >= none.Comparison.FirstAccuracy);
    }

    [Fact]
    public void Progress_rises_and_a_cancelled_quantization_ends()
    {
        var fractions = new List<double>();
        _model.Quantize(_data, progress: new Direct(fractions.Add), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(fractions.Order(), fractions);
        Assert.InRange(fractions[^1], 0.2, 1);
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => _model.Quantize(_data, progress: new Direct(done => cancellation.Cancel()), cancellation: cancellation.Token));
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        Assert.Contains("QuantizeOptions.Images is 0", Assert.Throws<ArgumentOutOfRangeException>(() => Quantize(_data, new QuantizeOptions { Images = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("QuantizeOptions.MaximumLoss is 2", Assert.Throws<ArgumentOutOfRangeException>(() => Quantize(_data, new QuantizeOptions { MaximumLoss = 2 })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Quantize(""));
        Assert.Throws<ArgumentException>(() => Quantize(_data, new QuantizeOptions { Verification = "" }));
        Assert.Contains("no such file or folder", Assert.Throws<EspalierException>(() => Quantize("nowhere")).Message, StringComparison.Ordinal);
        Model quantized = Quantize(_data).Model;
        Assert.Contains("is quantized already", Assert.Throws<EspalierException>(() => quantized.Quantize(_data, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    private QuantizedModel Quantize(string data, QuantizeOptions? options = null) => _model.Quantize(data, options, cancellation: TestContext.Current.CancellationToken);

    private sealed class Direct(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
