using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>What a training's result depends on, as names and texts: for the lineage, and to refuse resuming with other settings than it began with.</summary>
internal static class TrainingSettings
{
    private const string DataDigest = "data_digest"; // tells other data of the same count
    private const string Input = "input";
    private const string Normalized = "normalization";
    private const string Unreadable = "unreadable";
    private const string Teacher = "teacher";
    private const string TeacherMetadata = "teacher_metadata";

    // Earlier versions wrote checkpoints without them, and later ones write no teacher where its network is not known.
    private static readonly string[] MayBeMissing = [DataDigest, Input, Normalized, Unreadable, Teacher, TeacherMetadata];

    internal static ValueList<LineageSetting> Of(TrainingOptions options, DataLoader data)
    {
        CultureInfo culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture; // records write numbers as the current culture does
            return List(options, data);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    /// <summary>Throws if a training cannot be resumed from a checkpoint because they differ in a setting that the result depends on.</summary>
    /// <param name="now">Of the training.</param>
    /// <param name="then">Of the checkpoint's.</param>
    internal static void RequireSame(ValueList<LineageSetting> now, ValueList<LineageSetting> then)
    {
        foreach (string name in now.Concat(then).Select(setting => setting.Name).Distinct())
        {
            (string? present, string? former) = (Find(now, name), Find(then, name));
            bool unknown = (present is null || former is null) && MayBeMissing.Contains(name);
            if (present != former && !unknown)
            {
                throw new EspalierException(name == TeacherMetadata
                    ? "the labels or the preprocessing of the teacher are not those of the checkpoint's training; resuming needs the same"
                    : name == DataDigest
                    ? "the data is not that of the checkpoint's training: there are as many images, but not the same ones, or of other classes; resuming needs the same"
                    : $"the checkpoint's training has {(former is null ? $"no {name}" : $"{name} '{former}'")}, this one has {(present is null ? "none" : $"'{present}'")}: resuming needs the same");
            }
        }
    }

    private static string? Find(ValueList<LineageSetting> settings, string name)
    {
        foreach (LineageSetting setting in settings)
        {
            if (setting.Name == name)
            {
                return setting.Value;
            }
        }

        return null;
    }

    private static ValueList<LineageSetting> List(TrainingOptions options, DataLoader data) =>
    [
        new("samples", Text(data.Dataset.Count)),
        new(DataDigest, DatasetDigest.Of(data.Dataset)),
        new("batch", Text(data.Options.BatchSize)),
        new("data", string.Create(CultureInfo.InvariantCulture, $"{(data.Options.Shuffle ? "shuffled" : "in order")}, seed {data.Options.Seed}{(data.Options.DropLast ? ", whole batches" : "")}")),
        new("pipeline", string.Join(", ", data.Pipeline.Transforms.Select(transform => transform.ToString()).Append(data.Pipeline.Erasing?.ToString()).Where(text => text is not null))),
        new(Input, data.Pipeline.Shape.ToString()),
        new(Normalized, Text(data.Pipeline.Normalization)),
        new(Unreadable, Text(data.Options.Unreadable)),
        new("epochs", Text(options.Epochs)),
        new("optimizer", options.Optimizer.ToString()),
        new("learning_rate", Text(options.LearningRate)),
        new("schedule", options.Schedule.ToString()),
        new("seed", Text(options.Seed)),
        new("label_smoothing", Text(options.LabelSmoothing)),
        new("mixing", options.Mixing.IsOn ? string.Create(CultureInfo.InvariantCulture, $"mixup {options.Mixing.MixupAlpha}, cutmix {options.Mixing.CutMixAlpha}") : "none"),
        new("distillation", options.Distillation is { } d ? string.Create(CultureInfo.InvariantCulture, $"temperature {d.Temperature}, alpha {d.Alpha}") : "none"),
        new("accumulation", Text(options.Accumulation)),
        new("clip", string.Create(CultureInfo.InvariantCulture, $"norm {Optional(options.ClipNorm)}, value {Optional(options.ClipValue)}")),
        new("average_decay", Optional(options.AverageDecay)),
        new("frozen", options.Frozen.Count == 0 ? "none" : options.Frozen.ToString()),
        new("patience", Optional(options.Patience)),
        .. Known(options.Distillation?.Network),
        .. Sparsity(options),
    ];

    private static IEnumerable<LineageSetting> Known(Model? teacher)
    {
        if (teacher is not null)
        {
            yield return new(Teacher, ModelDigest.Of(teacher));
            yield return new(TeacherMetadata, ModelDigest.OfUse(teacher.Metadata));
        }
    }

    /// <summary>Only what is asked for: trainings that do not prune keep the settings they had before there was pruning.</summary>
    private static IEnumerable<LineageSetting> Sparsity(TrainingOptions options)
    {
        if (options.Pruning is { } pruning)
        {
            yield return new("pruning", pruning.ToString());
        }

        if (options.NormScaleDecay != 0)
        {
            yield return new("norm_scale_decay", Text(options.NormScaleDecay));
        }
    }

    /// <summary>Only what is not usual beyond mean and deviation, so that trainings keep the settings they had before there was more.</summary>
    private static string Text(Normalization normalization) =>
        $"mean {string.Join(' ', normalization.Mean.Select(value => Text(value)))}, deviation {string.Join(' ', normalization.StandardDeviation.Select(value => Text(value)))}"
        + (normalization.Order == default ? "" : $", {normalization.Order}")
        + (normalization.Range == default ? "" : $", {normalization.Range}")
        + (normalization.MeanImage.Count == 0 ? "" : $", mean image {Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(normalization.MeanImage.Items.AsSpan())))}");

    private static string Text(UnreadableSamples unreadable) => unreadable switch
    {
        UnreadableSamples.Stop => "stop",
        UnreadableSamples.Replace => "skip", // as the command line calls it
        UnreadableSamples.LeaveOut => "leave out",
        _ => throw new ArgumentOutOfRangeException(nameof(unreadable)),
    };

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    private static string Optional(IFormattable? number) => number is null ? "none" : Text(number);
}
