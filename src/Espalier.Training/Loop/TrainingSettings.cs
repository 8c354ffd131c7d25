using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;
using static Espalier.Training.SettingNames;

namespace Espalier.Training;

/// <summary>What a training's result depends on, as names and texts: for the lineage, and to refuse resuming with other settings than it began with.</summary>
internal static class TrainingSettings
{
    private const string UsualRuntime = "cpu";
    private const string Extensions = "extensions";
    private const string DataDigest = "data_digest"; // tells other data of the same count
    private const string Input = "input";
    private const string Normalized = "normalization";
    private const string Unreadable = "unreadable";

    // Extensions of this library touch different things at each point, so their order does not matter; that of others may.
    private static readonly HashSet<string> s_ordered = ["average", "clip", "frozen", "norm_scale", "pruning"];

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

    /// <summary>The trainer's own, and those of objective and extensions: in place of a setting that says there is none of them, or behind the others.</summary>
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
                throw new ArgumentException($"Two parts of a training have a setting '{setting.Name}'; each needs a name of its own.", nameof(options));
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

        if (options.Extensions.Any(extension => !s_ordered.Contains(extension.Name)))
        {
            yield return new(Extensions, string.Join(", ", options.Extensions.Select(extension => extension.Name)));
        }
    }

    private static ValueList<LineageSetting> NotEmpty(ValueList<LineageSetting> settings, string whose) =>
        settings.Count > 0 ? settings : throw new ArgumentException($"{whose} of a training has no settings: at least one has to tell it from others, or a resumed training could be another one.", nameof(settings));

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

    /// <summary>Only another runtime than the CPU's: trainings from before there was a choice keep their settings.</summary>
    private static IEnumerable<LineageSetting> Runtime(IRuntime? runtime)
    {
        if (runtime is not null && runtime.Name != UsualRuntime)
        {
            yield return new("runtime", runtime.Name);
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
        UnreadableSamples.Skip => "leave out",
        _ => throw new ArgumentOutOfRangeException(nameof(unreadable)),
    };

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    private static string Optional(IFormattable? number) => number is null ? None : Text(number);
}
