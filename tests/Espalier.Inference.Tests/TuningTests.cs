using System.Collections.Immutable;
using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Inference.Tests;

public sealed class TuningTests : IDisposable
{
    private static readonly PredictorOptions s_options = new() { Threads = 1 };
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"espalier-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Every_convolution_that_several_kernels_can_compute_is_timed_and_the_choice_is_used()
    {
        Model model = Net();
        TunedKernels tuned = TunedKernels.Tune(model, s_options, repetitions: 3);
        Assert.NotEmpty(tuned.Choices);
        Tensor input = CounterFill.Input([1, 3, 24, 24]);
        using var predictor = new Predictor(model, s_options with { TunedKernels = tuned });

        Assert.InRange(Difference.Relative(ReferenceExecutor.Run(model, input), predictor.Run(input)), 0, 1e-4);
        string[] used = [.. predictor.Profile(input, 1).Select(step => step.Kernel.Split(' ')[0])];
        Assert.All(tuned.Choices.Values, kernel => Assert.Contains(kernel, used));
    }

    [Fact]
    public void A_choice_is_obeyed_whatever_it_is_and_an_option_comes_before_it()
    {
        Model model = Net();
        Tensor input = CounterFill.Input([1, 3, 24, 24]);
        TunedKernels timed = TunedKernels.Tune(model, s_options, repetitions: 1);
        var slow = new TunedKernels(timed.Fingerprint, timed.Choices.ToImmutableSortedDictionary(pair => pair.Key, _ => "direct", StringComparer.Ordinal));
        using var obeys = new Predictor(model, s_options with { TunedKernels = slow });
        using var prefers = new Predictor(model, s_options with { TunedKernels = slow, ConvolutionKernels = "winograd2" });

        Assert.DoesNotContain(obeys.Profile(input, 1), step => step.Kernel.StartsWith("winograd", StringComparison.Ordinal));
        Assert.Contains(prefers.Profile(input, 1), step => step.Kernel.StartsWith("winograd2", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_saved_is_what_is_loaded()
    {
        TunedKernels tuned = TunedKernels.Tune(Net(), s_options, repetitions: 1);
        tuned.Save(_path);
        TunedKernels? loaded = TunedKernels.Load(_path, TuningFingerprint.Of(s_options, 1), out string? reason);

        Assert.Null(reason);
        Assert.Equal(tuned.Fingerprint, loaded!.Fingerprint);
        Assert.Equal(tuned.Choices, loaded.Choices);
    }

    [Fact]
    public void Another_machine_another_version_and_other_settings_are_told_apart()
    {
        TunedKernels tuned = TunedKernels.Tune(Net(), s_options, repetitions: 1);
        tuned.Save(_path);
        TuningFingerprint here = tuned.Fingerprint;
        (TuningFingerprint Expected, string Reason)[] others =
        [
            (here with { Processor = "another" }, "processor"),
            (here with { Caches = "1K" }, "caches"),
            (here with { InstructionSet = "avx1024" }, "instruction set 'avx"),
            (here with { Threads = 9 }, "threads '1' instead of '9'"),
            (here with { Batch = 8 }, "batch '1' instead of '8'"),
            (here with { Library = "9.9" }, "library version"),
        ];
        foreach ((TuningFingerprint expected, string part) in others)
        {
            Assert.Null(TunedKernels.Load(_path, expected, out string? reason));
            Assert.Contains(part, reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"processor": "a", "caches": "", "instruction_set": "avx2", "threads": 1, "batch": 1, "library": "1", "kernels": {"a": "no such kernel"}}""")]
    [InlineData("""{"processor": "a", "caches": "", "instruction_set": "avx2", "threads": 1, "batch": 1, "library": "1", "kernels": {"a": 3}}""")]
    [InlineData("""{"processor": "a", "caches": "", "instruction_set": "avx2", "threads": 1.5, "batch": 1, "library": "1", "kernels": {}}""")]
    public void A_damaged_file_is_one_clear_sentence_and_no_choice(string text)
    {
        File.WriteAllText(_path, text);
        Assert.Null(TunedKernels.Load(_path, TuningFingerprint.Of(s_options, 1), out string? reason));
        Assert.StartsWith($"{_path} is damaged: ", reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', reason!);
    }

    [Fact]
    public void A_missing_file_is_said_to_be_missing()
    {
        Assert.Null(TunedKernels.Load(_path, TuningFingerprint.Of(s_options, 1), out string? reason));
        Assert.Equal($"{_path} does not exist", reason);
    }

    private static Model Net()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 24, 24).Conv2d("stem", 32, 3, padding: 1).BatchNorm("bn").Relu("relu");
        Value y = x.Conv2d("a", 32, 3, padding: 1).Relu("relu_a").Conv2d("b", 32, 3, padding: 1).Add("sum", x);
        Graph graph = net.Build(y.Conv2d("depthwise", 32, 3, padding: 1, groups: 32).GlobalAveragePool("pool").Flatten("flatten").Linear("fc", 5));
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }
}
