using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Tests;

/// <summary>The record of a pruning in steps, by which another one is refused where it should be resumed.</summary>
public class PruningRecordTests
{
    // What a version without class weights, parts of residual networks and decoding of JPEG at a fraction of its size wrote.
    private const string EarlierUsual = """
        WeightPruning { Target = 50%, Scopes = , Exclude = , Seed = 0, Needs = None, Criterion = Espalier.Surgery.Magnitude, Norm = 1, Pattern = element, IsGlobal = False, Distribution = Uniform, IncludesStem = False, IncludesDepthwise = False, IncludesClassifier = False, Branches = False }
        1 steps, 512 samples
        ImageTrainingOptions { Training = TrainingOptions { Epochs = 1, Optimizer = SgdOptions { WeightDecay = 0.0001, DecayNormAndBias = True, Momentum = 0.9, Dampening = 0, Nesterov = False }, LearningRate = 0.01, Schedule = CosineSchedule { End = 0 }, Seed = 0, Objective = CrossEntropy { LabelSmoothing = 0, ClassWeights = , Settings = LineageSetting { Name = label_smoothing, Value = 0 } }, Mixing = Mixing { MixupAlpha = 0, CutMixAlpha = 0, IsOn = False }, Accumulation = 1, Extensions = , Recompute = False, Patience = , CheckpointSteps = , CheckpointEpochs = 1, Runtime = , Threads = 0 }, Batch = 64, Folder = , Resume = False, Changes = , Balance = None, Augmentation = Augmentation { }, ValidationShare = 0.1, Unreadable = Replace, Classes = Name, NewHead = False, Side = , InputChannels = , Blocks = , StochasticDepth = , Teacher = , Temperature = 4, Alpha = 0.9 }
        """;

    private const string EarlierOther = """
        WeightPruning { Target = 50%, Scopes = , Exclude = , Seed = 0, Needs = None, Criterion = Espalier.Surgery.Magnitude, Norm = 1, Pattern = element, IsGlobal = False, Distribution = Uniform, IncludesStem = False, IncludesDepthwise = False, IncludesClassifier = False, Branches = False }
        2 steps, 512 samples
        ImageTrainingOptions { Training = TrainingOptions { Epochs = 1, Optimizer = AdamWOptions { WeightDecay = 0.01, DecayNormAndBias = True, Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1E-08 }, LearningRate = 0.01, Schedule = CosineSchedule { End = 0 }, Seed = 0, Objective = CrossEntropy { LabelSmoothing = 0.1, ClassWeights = , Settings = LineageSetting { Name = label_smoothing, Value = 0.1 } }, Mixing = Mixing { MixupAlpha = 0, CutMixAlpha = 0, IsOn = False }, Accumulation = 1, Extensions = WeightAveraging { Decay = 0.9, Name = average, Settings = LineageSetting { Name = average_decay, Value = 0.9 } }, GradientClipping { MaxNorm = 1, MaxValue = , Name = clip, Settings = LineageSetting { Name = clip, Value = norm 1, value none } }, Recompute = False, Patience = 3, CheckpointSteps = , CheckpointEpochs = 1, Runtime = , Threads = 0 }, Batch = 64, Folder = , Resume = False, Changes = , Balance = Weights, Augmentation = Augmentation { }, ValidationShare = 0.1, Decoding = ImageDecodingOptions { ApplyOrientation = False, Limits = Limits { FileBytes = 8589934592, TensorBytes = 8589934592, TensorCount = 131072, NameLength = 1024, TensorRank = 32, HeaderBytes = 100000000, Depth = 64, PickleBytes = 67108864, PickleValues = 10000000, GraphNodes = 100000, ArchiveEntries = 100000, ArchiveRatio = 200, ImageFileBytes = 536870912, ImagePixels = 100000000, ImageScans = 100 } }, Unreadable = Replace, Classes = Name, NewHead = False, Side = , InputChannels = , Blocks = , StochasticDepth = , Teacher = , Temperature = 2, Alpha = 0.9 }
        """;

    private static readonly ImageTrainingOptions s_usual = PruneOptions.Weights(0.5).Recovering(1, "data").Recovery!;

    private static readonly Dictionary<string, ImageTrainingOptions> s_changed = new(StringComparer.Ordinal)
    {
        ["epochs"] = Loop(loop => loop with { Epochs = 2 }),
        ["learning_rate"] = Loop(loop => loop with { LearningRate = 0.02 }),
        ["schedule"] = Loop(loop => loop with { Schedule = new StepSchedule(1) }),
        ["optimizer"] = Loop(loop => loop with { Optimizer = new SgdOptions { Momentum = 0.8 } }),
        ["patience"] = Loop(loop => loop with { Patience = 3 }),
        ["label_smoothing"] = Loop(loop => loop with { Objective = new CrossEntropy { LabelSmoothing = 0.1 } }),
        ["auxiliary_weight"] = Loop(loop => loop with { AuxiliaryWeight = 0.25 }),
        ["mixing"] = Loop(loop => loop with { Mixing = new Mixing { MixupAlpha = 0.2 } }),
        ["pipeline"] = s_usual with { Augmentation = Augmentation.Parse("flip,erase") },
        ["clip"] = Loop(loop => loop with { Extensions = [new GradientClipping { MaxNorm = 1 }] }),
        ["distillation"] = s_usual with { Temperature = 2, Alpha = 0.5 },
        ["class_weights"] = s_usual with { Balance = ClassBalance.Weights },
    };

    private static readonly Dictionary<string, ImageDecodingOptions> s_decoded = new(StringComparer.Ordinal)
    {
        ["exif"] = new() { ApplyOrientation = false },
        ["max_pixels"] = new() { Limits = Limits.Default with { ImagePixels = 1000 } },
        ["reduce_jpeg"] = new() { ReduceJpegTo = 64 },
    };

    public static TheoryData<string> Settings => [.. TrainingSettings.Changeable.Where(setting => !setting.StartsWith("teacher", StringComparison.Ordinal))]; // a record has no teacher

    [Fact]
    public void Every_setting_that_may_change_is_known() =>
        Assert.Equal(TrainingSettings.Changeable.Order(StringComparer.Ordinal), RecordedOptions.Changeable.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_setting_may_differ_only_where_it_is_named(string setting)
    {
        ImageTrainingOptions other = s_changed.GetValueOrDefault(setting, s_usual);
        ImageDecodingOptions decoding = s_decoded.GetValueOrDefault(setting, ImageDecodingOptions.Default);
        string[] others = [.. TrainingSettings.Changeable.Where(each => each != setting)];
        Assert.NotEqual(Compared(s_usual, ImageDecodingOptions.Default, others), Compared(other, decoding, others));
        Assert.Equal(Compared(s_usual, ImageDecodingOptions.Default, [setting]), Compared(other, decoding, [setting]));
    }

    [Fact]
    public void The_kind_of_the_optimizer_is_compared_always() => Assert.NotEqual(
        Compared(s_usual, ImageDecodingOptions.Default, TrainingSettings.Changeable),
        Compared(Loop(loop => loop with { Optimizer = new AdamWOptions() }), ImageDecodingOptions.Default, TrainingSettings.Changeable));

    [Fact]
    public void What_is_no_setting_of_a_recovery_is_compared_always() => Assert.All(
        [
            s_usual with { HeadOnly = true }, s_usual with { FreshNorms = true }, s_usual with { Batch = 8 }, s_usual with { Balance = ClassBalance.Sampling }, s_usual with { Stratified = false },
            Loop(loop => loop with { Seed = 1 }), Loop(loop => loop with { Accumulation = 2 }), Loop(loop => loop with { Extensions = [new WeightAveraging(0.9)] }),
        ],
        other => Assert.NotEqual(Compared(s_usual, ImageDecodingOptions.Default, TrainingSettings.Changeable), Compared(other, ImageDecodingOptions.Default, TrainingSettings.Changeable)));

    [Theory(DisplayName = "Faults: a pruning in steps that an earlier version has started")]
    [InlineData(EarlierUsual, true)]
    [InlineData(EarlierOther, false)]
    public void A_pruning_of_an_earlier_version_is_resumed(string earlier, bool isUsual)
    {
        using var folder = new TemporaryFolder();
        Model model = TinyData.Model();
        PruneOptions options = PruneOptions.Weights(0.5).Recovering(1, TinyData.WriteCifar(folder, 40)) with { Threads = 1 };
        options = isUsual ? options : Other(options);
        ImageTrainingOptions recovery = options.Recovery! with { Folder = folder.File("steps") };
        Model Run(ImageTrainingOptions recovery) => model.Prune(options with { Recovery = recovery }, cancellation: TestContext.Current.CancellationToken).Model;
        Run(recovery);
        string command = folder.File("steps/command.txt");
        string[] rest = [.. File.ReadAllLines(command).SkipWhile(line => !line.StartsWith("labels: ", StringComparison.Ordinal))];
        File.WriteAllText(command, string.Join('\n', [.. earlier.Split('\n'), .. rest]));

        Assert.Throws<EspalierException>(() => Run(recovery with { Resume = true, HeadOnly = true }));
        Run(recovery with { Resume = true });
        Assert.Contains(File.ReadAllLines(command), line => line == $"augmentation: {(isUsual ? "auto" : "none")}");
        Assert.Throws<EspalierException>(() => Run(recovery with { Resume = true, Augmentation = Augmentation.Parse("flip") })); // it is recorded now
    }

    private static PruneOptions Other(PruneOptions options) => options with
    {
        Steps = 2,
        Decoding = s_decoded["exif"],
        Recovery = options.Recovery! with
        {
            Decoding = s_decoded["exif"],
            Augmentation = Augmentation.None,
            Balance = ClassBalance.Weights,
            Temperature = 2,
            Training = options.Recovery.Training with
            {
                Extensions = [new WeightAveraging(0.9), new GradientClipping { MaxNorm = 1 }],
                Optimizer = new AdamWOptions(),
                Objective = new CrossEntropy { LabelSmoothing = 0.1 },
                Patience = 3,
            },
        },
    };

    private static string[] Compared(ImageTrainingOptions recovery, ImageDecodingOptions decoding, IReadOnlyCollection<string> changes) =>
        [.. RecordedOptions.Compared($"{RecordedOptions.Text(recovery)}\n{decoding}", changes)];

    private static ImageTrainingOptions Loop(Func<TrainingOptions, TrainingOptions> change) => s_usual with { Training = change(s_usual.Training) };
}
