using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;
using static Espalier.Training.SettingNames;

namespace Espalier.Training;

/// <summary>The settings that the result of a training run depends on, as names and texts: for the lineage, and for the check that a run is resumed with the settings it started with.</summary>
internal static class TrainingSettings
{
    private const string UsualRuntime = "cpu";
    private const string Extensions = "extensions";
    private const string DataDigest = "data_digest"; // detects other data with the same number of images
    private const string Input = "input";
    private const string Normalized = "normalization";
    private const string Unreadable = "unreadable";

    // The extensions of this library change different state in each callback, so their order does not matter; that of custom ones may.
    private static readonly HashSet<string> s_commuting = ["average", "clip", "frozen", "norm_scale", "pruning"];

    // Checkpoints of earlier versions lack them, and the teacher is not written where its network is not given.
    private static readonly string[] MayBeMissing = [DataDigest, Input, Normalized, Unreadable, Teacher, TeacherMetadata];

    internal static ValueList<LineageSetting> Of(TrainingOptions options, DataLoader data)
    {
        CultureInfo culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture; // the ToString of records formats numbers with the current culture
            return List(options, data);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    /// <summary>Throws if the settings of a training run differ from those of the checkpoint to resume from.</summary>
    /// <param name="now">The settings of the training run.</param>
    /// <param name="then">The settings of the checkpoint.</param>
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
                    ? "the data is not that of the checkpoint's training: there are as many images, but not the same ones, or of other classes; resuming needs the same (where images were held back for validation by an earlier version, DataSourceOptions.Stratified = false or --validation-split random selects the same ones)"
                    : $"the checkpoint's training has {(former is null ? $"no {name}" : $"{name} '{former}'")}, this one has {(present is null ? None : $"'{present}'")}: resuming needs the same");
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

    /// <summary>The settings of the trainer, followed by those of objective and extensions. A setting of theirs replaces the trainer's setting of the same name, which says that there is none.</summary>
    private static ValueList<LineageSetting> List(TrainingOptions options, DataLoader data)
    {
        LineageSetting[] own = [.. Own(options, data)];
        HashSet<string> absent = [LabelSmoothing, SettingNames.Distillation, Clip, AverageDecay, Frozen];
        var settings = own.ToList();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (LineageSetting setting in Contributed(options))
        {
            int place = settings.FindIndex(other => other.Name == setting.Name);
            if (!seen.Add(setting.Name) || (place >= 0 && !absent.Contains(setting.Name)))
            {
                throw new ArgumentException($"The objective and the extensions have two settings named '{setting.Name}'; expected a different name for each.", nameof(options));
            }

            if (place >= 0)
            {
                settings[place] = setting;
            }
            else
            {
                settings.Add(setting);
            }
        }

        return ValueList.From(settings);
    }

    private static IEnumerable<LineageSetting> Contributed(TrainingOptions options)
    {
        foreach (LineageSetting setting in NotEmpty(options.Objective.Settings, "The objective"))
        {
            yield return setting;
        }

        foreach (ITrainingExtension extension in options.Extensions)
        {
            foreach (LineageSetting setting in NotEmpty(extension.Settings, $"The extension '{extension.Name}'"))
            {
                yield return setting;
            }
        }

        if (options.Extensions.Any(extension => !s_commuting.Contains(extension.Name)))
        {
            yield return new(Extensions, string.Join(", ", options.Extensions.Select(extension => extension.Name)));
        }
    }

    private static ValueList<LineageSetting> NotEmpty(ValueList<LineageSetting> settings, string whose) =>
        settings.Count > 0 ? settings : throw new ArgumentException($"{whose} of a training run has no settings; expected at least one that identifies it, so that resuming can compare it.", nameof(settings));

    private static ValueList<LineageSetting> Own(TrainingOptions options, DataLoader data) =>
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
        new(LabelSmoothing, Text(options.Objective.LabelSmoothing)),
        new("mixing", options.Mixing.IsOn ? string.Create(CultureInfo.InvariantCulture, $"mixup {options.Mixing.MixupAlpha}, cutmix {options.Mixing.CutMixAlpha}") : None),
        new(SettingNames.Distillation, None),
        new("accumulation", Text(options.Accumulation)),
        new(Clip, "norm none, value none"),
        new(AverageDecay, None),
        new(Frozen, None),
        new("patience", Optional(options.Patience)),
        .. Runtime(options.Runtime),
    ];

    /// <summary>The runtime, unless it is the CPU runtime, so that checkpoints of versions without a choice of runtime can be resumed.</summary>
    private static IEnumerable<LineageSetting> Runtime(IRuntime? runtime)
    {
        if (runtime is not null && runtime.Name != UsualRuntime)
        {
            yield return new("runtime", runtime.Name);
        }
    }

    /// <summary>Mean and standard deviation, and of the other properties those that differ from the default, so that checkpoints of earlier versions can be resumed.</summary>
    private static string Text(Normalization normalization) =>
        $"mean {string.Join(' ', normalization.Mean.Select(value => Text(value)))}, deviation {string.Join(' ', normalization.StandardDeviation.Select(value => Text(value)))}"
        + (normalization.Order == default ? "" : $", {normalization.Order}")
        + (normalization.Range == default ? "" : $", {normalization.Range}")
        + (normalization.MeanImage.Count == 0 ? "" : $", mean image {Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(normalization.MeanImage.Items.AsSpan())))}");

    private static string Text(UnreadableSamples unreadable) => unreadable switch
    {
        UnreadableSamples.Stop => "stop",
        UnreadableSamples.Replace => "skip", // the name of the option's value on the command line
        UnreadableSamples.Skip => "leave out",
        _ => throw new ArgumentOutOfRangeException(nameof(unreadable)),
    };

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    private static string Optional(IFormattable? number) => number is null ? None : Text(number);
}
