using System.Collections.Immutable;
using System.Reflection;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Testing;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Loop;

/// <summary>Every setting of a training is among those that resuming compares, or stands below with the reason why not. A new property without a value to try fails here.</summary>
public sealed class SettingsGuardTests
{
    private static readonly Dictionary<string, string> s_without = new()
    {
        ["TrainingOptions.Threads"] = "any number gives the same bits",
        ["TrainingOptions.Recompute"] = "gives the same bits",
        ["TrainingOptions.CheckpointSteps"] = "when checkpoints are written changes no bit",
        ["TrainingOptions.CheckpointEpochs"] = "when checkpoints are written changes no bit",
        ["DataLoaderOptions.Workers"] = "any number gives the same batches",
        ["DataLoaderOptions.Share"] = "the parts are a setting of the trainer; which of them a process reads changes no bit",
        ["DataLoaderOptions.Prefetch"] = "any number gives the same batches",
        ["Distillation.Teacher"] = "a function tells nothing of itself; Distillation.Network does",
        ["WeightPruning.Target"] = "gradual pruning sets its own",
    };

    private static readonly Model s_heads = new NetworkDefinition(SeveralOutputs.Heads(), ModelMetadata.None).Initialize(1);
    private static readonly WeightPruning s_weights = new();
    private static readonly Type[] s_transforms = [.. Implementations(typeof(IImageTransform))];

    /// <summary>A sample of every kind of settings, to change one of them at a time.</summary>
    private static readonly Dictionary<Type, object> s_samples = new object[]
    {
        TinyTraining.Options, new Mixing { MixupAlpha = 0.2, CutMixAlpha = 1 },
        new SgdOptions(), new AdamWOptions(),
        new ConstantSchedule(), new CosineSchedule(), new MultiStepSchedule([2, 5]), new OneCycleSchedule(), new StepSchedule(3), new WarmUpSchedule(new CosineSchedule(), 0.5),
        new CrossEntropy { LabelSmoothing = 0.1 }, new Distillation(images => images) { Network = TinyTraining.Network(1) },
        new WeightAveraging(0.9), new GradientClipping { MaxNorm = 1, MaxValue = 1 }, new FrozenScopes(["conv1"]), new ScopedLearningRates([new ScopedLearningRate("conv1", 0.1)]), new NormScalePenalty(1e-4), new GradualPruning(s_weights, 0.5) { Until = 2 }, s_weights,
        new DataLoaderOptions { BatchSize = 8 }, new Normalization([0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]), new RandomErasing(0.25),
        new CenterCrop(8, 8), new ColorJitter(0.1, 0.1, 0.1, 0.1), new RandAugment(), new RandomCrop(8, 8, 1), new RandomHorizontalFlip(), new RandomResizedCrop(8, 8), new ResizeAndCenterCrop(9, 8, 8), new ResizeShorterSide(9), new ResizeExactly(8, 8),
    }.ToDictionary(sample => sample.GetType());

    public static TheoryData<Type, string> Settings()
    {
        Type[] kinds =
        [
            typeof(TrainingOptions), typeof(Mixing), typeof(DataLoaderOptions), typeof(Normalization), typeof(RandomErasing), typeof(WeightPruning), .. s_transforms,
            .. Implementations(typeof(OptimizerOptions)), .. Implementations(typeof(Schedule)), .. Implementations(typeof(IObjective)), .. Implementations(typeof(ITrainingExtension)),
        ];
        var data = new TheoryData<Type, string>();
        foreach (Type kind in kinds)
        {
            foreach (PropertyInfo property in kind.GetProperties().Where(property => property.SetMethod is { IsPublic: true, IsStatic: false }))
            {
                data.Add(kind, property.Name);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_changed_setting_is_a_changed_training(Type kind, string name)
    {
        Assert.True(s_samples.TryGetValue(kind, out object? sample), $"{kind.Name} has no sample here");
        PropertyInfo property = kind.GetProperty(name)!;
        object changed = typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(sample, null)!;
        property.SetValue(changed, Other(property, property.GetValue(sample)));

        bool same = Texts(sample).SequenceEqual(Texts(changed));

        Assert.True(same == s_without.ContainsKey($"{kind.Name}.{name}"), same ? $"{kind.Name}.{name} escapes the settings that resuming compares" : $"{kind.Name}.{name} is among the settings now: it needs no excuse");
    }

    [Fact]
    public void Every_excuse_is_for_a_setting_that_there_is() =>
        Assert.Empty(s_without.Keys.Except(Settings().Select(row => $"{row.Data.Item1.Name}.{row.Data.Item2}")));

    [Fact]
    public void The_shape_of_inputs_and_the_order_of_transforms_count()
    {
        IImageTransform[] transforms = [new RandomHorizontalFlip(), new RandomCrop(8, 8, 1)];
        string[] expected = Texts(TinyTraining.Options, Loader(new InputPipeline([3, 8, 8], Normalization.Centred, transforms)));
        Assert.NotEqual(expected, Texts(TinyTraining.Options, Loader(new InputPipeline([3, 4, 4], Normalization.Centred, transforms))));
        Assert.NotEqual(expected, Texts(TinyTraining.Options, Loader(new InputPipeline([3, 8, 8], Normalization.Centred, [transforms[1], transforms[0]]))));
    }

    [Fact]
    public void Parts_of_a_training_need_settings_and_share_no_names()
    {
        Assert.Contains("has no settings", Assert.Throws<ArgumentException>(() => Texts(TinyTraining.Options with { Extensions = [new Nameless([])] })).Message, StringComparison.Ordinal);
        Assert.Contains("two settings named 'seed'", Assert.Throws<ArgumentException>(() => Texts(TinyTraining.Options with { Extensions = [new Nameless([new("seed", "1")])] })).Message, StringComparison.Ordinal);
        Assert.Contains("two settings named 'average_decay'", Assert.Throws<ArgumentException>(() => Texts(TinyTraining.Options with { Extensions = [new WeightAveraging(0.9), new WeightAveraging(0.8)] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_order_of_extensions_counts_where_one_is_not_of_this_library()
    {
        ITrainingExtension own = new Nameless([new("own", "1")]);
        Assert.NotEqual(Texts(TinyTraining.Options with { Extensions = [own, new WeightAveraging(0.9)] }), Texts(TinyTraining.Options with { Extensions = [new WeightAveraging(0.9), own] }));
    }

    /// <summary>The settings of a training with a sample in it.</summary>
    private static string[] Texts(object sample) => sample switch
    {
        TrainingOptions options => Texts(options, TinyTraining.Loader()),
        Mixing mixing => Texts(TinyTraining.Options with { Mixing = mixing }),
        OptimizerOptions optimizer => Texts(TinyTraining.Options with { Optimizer = optimizer }),
        Schedule schedule => Texts(TinyTraining.Options with { Schedule = schedule }),
        IObjective objective => Texts(TinyTraining.Options with { Objective = objective }),
        ITrainingExtension extension => Texts(TinyTraining.Options with { Extensions = [extension] }),
        WeightPruning weights => Texts(new GradualPruning(weights, 0.5)),
        DataLoaderOptions loading => Texts(TinyTraining.Options, new DataLoader(TinyTraining.Loader().Dataset, TinyTraining.Loader().Pipeline, loading)),
        Normalization normalization => Texts(TinyTraining.Options, Loader(new InputPipeline([3, 8, 8], normalization))),
        RandomErasing erasing => Texts(TinyTraining.Options, Loader(new InputPipeline([3, 8, 8], Normalization.Centred) { Erasing = erasing })),
        IImageTransform transform => Texts(TinyTraining.Options, Loader(new InputPipeline([3, 8, 8], Normalization.Centred, transform))),
        _ => throw new NotSupportedException(sample.ToString()),
    };

    private static string[] Texts(TrainingOptions options, DataLoader loader) => [.. TrainingSettings.Of(options, loader, AuxiliaryLoss.Of(s_heads, options.AuxiliaryWeight)).Select(setting => $"{setting.Name}={setting.Value}")];

    private static DataLoader Loader(InputPipeline pipeline) => new(TinyTraining.Loader().Dataset, pipeline, new DataLoaderOptions { BatchSize = 8 });

    private static IEnumerable<Type> Implementations(Type contract) =>
        contract.Assembly.GetExportedTypes().Where(type => contract.IsAssignableFrom(type) && type is { IsAbstract: false, IsInterface: false });

    /// <summary>Another value that is possible.</summary>
    private static object Other(PropertyInfo property, object? value) => value switch
    {
        bool flag => !flag,
        int number => number + 1,
        ulong number => number + 1,
        double number => number == 0 ? 0.5 : number / 2,
        Enum choice => Enum.GetValues(choice.GetType()).Cast<object>().First(other => !other.Equals(choice)),
        (double least, double greatest) => (least / 2, greatest),
        ValueList<string> list => list.Add("relu1"),
        ValueList<int> list => list.Add(9),
        ValueList<double> list => list.Add(2),
        ValueList<ScopedLearningRate> list => list.Add(new ScopedLearningRate("fc", 1, 2)),
        ValueList<float> { Count: 0 } => ValueList.From(Enumerable.Repeat(0.25f, 3 * 8 * 8)),
        ValueList<float> list => ValueList.From(list.SkipLast(1).Append(0.25f)),
        ImmutableArray<AugmentOperation> list => list.RemoveAt(0),
        ValueList<ITrainingExtension> => ValueList.From<ITrainingExtension>([new WeightAveraging(0.5)]),
        OptimizerOptions => new AdamWOptions(),
        Schedule => new ConstantSchedule(),
        IObjective => new CrossEntropy { LabelSmoothing = 0.3 },
        Mixing => new Mixing { MixupAlpha = 0.5 },
        Model => TinyTraining.Network(2),
        WeightPattern => WeightPattern.FourByOne,
        WeightPruning weights => weights with { IsGlobal = true },
        IWeightCriterion => PruningCriteria.Lamp,
        Func<Tensor, Tensor> => (Func<Tensor, Tensor>)(images => images.Copy()),
        null when property.PropertyType == typeof(DataParallel) => new DataParallel { Parts = 2 },
        BatchShare => new BatchShare(2, 0, 1),
        IRuntime => Execution.ReferenceRuntime.Instance,
        null when property.PropertyType == typeof(int?) => 3,
        null when property.PropertyType == typeof(double?) => 0.5,
        null when property.PropertyType == typeof(PruningTarget) => PruningTarget.Fraction(0.5),
        _ => throw new NotSupportedException($"there is no other value of {property.PropertyType} here yet: {property.DeclaringType!.Name}.{property.Name} needs one"),
    };

    private sealed class Nameless(ValueList<LineageSetting> settings) : ITrainingExtension
    {
        public string Name => "nameless";

        public ValueList<LineageSetting> Settings => settings;

        public TrainingHooks Begin(TrainingContext training) => throw new NotSupportedException();
    }
}
