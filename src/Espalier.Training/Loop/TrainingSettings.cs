using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;
using static Espalier.Training.SettingNames;

namespace Espalier.Training;

/// <summary>The settings that the result of a training run depends on, as names and texts: for the lineage, and for the check that a run is resumed with the settings it started with.</summary>
internal static class TrainingSettings
{
    private const string UsualRuntime = "cpu";
    private const string Extensions = "extensions";
    private const string DataDigest = "data_digest"; // detects other data with the same number of images
    private const string DataContent = "data_content"; // detects images that were replaced by others of the same names
    private const string ValidationDigest = "validation_digest";
    private const string ValidationContent = "validation_content";
    private const string StartingModel = "starting_model";
    private const string Changed = "changed";
    private const string Input = "input";
    private const string Normalized = "normalization";
    private const string Unreadable = "unreadable";
    private const string Exif = "exif";
    private const string MaxPixels = "max_pixels";
    private const string ReduceJpeg = "reduce_jpeg";

    // The extensions of this library change different state in each callback, so their order does not matter; that of custom ones may.
    private static readonly HashSet<string> s_commuting = ["average", "clip", "frozen", "norm_scale", "pruning"];

    // Checkpoints of earlier versions lack them, and the teacher is not written where its network is not given.
    private static readonly string[] MayBeMissing = [DataDigest, DataContent, ValidationDigest, ValidationContent, StartingModel, Input, Normalized, Unreadable, Teacher, TeacherMetadata];

    // The others decide what the checkpoint's tensors or its position mean.
    private static readonly string[] s_changeable = ["epochs", "learning_rate", "schedule", "optimizer", "patience", LabelSmoothing, AuxiliaryWeight, "mixing", "pipeline", Clip, SettingNames.Distillation, Teacher, TeacherMetadata, ClassWeights, Exif, MaxPixels, ReduceJpeg];

    /// <summary>The names of the settings that may be changed when a training run is resumed.</summary>
    internal static IReadOnlyList<string> Changeable => s_changeable;

    internal static ValueList<LineageSetting> Of(TrainingOptions options, DataLoader data, AuxiliaryLoss auxiliary)
    {
        CultureInfo culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture; // the ToString of records formats numbers with the current culture
            return List(options, data, auxiliary);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    /// <summary>The digest of the model that training starts from, so that another model of the same architecture is not taken for it.</summary>
    internal static LineageSetting Start(Model model) => new(StartingModel, ModelDigest.Of(model));

    /// <summary>What the processes of a training run must have in common before they exchange anything else: the settings, the model, and what decides when they exchange it.</summary>
    internal static ValueList<LineageSetting> BeforeStart(ValueList<LineageSetting> settings, Model model, TrainingOptions options) =>
        [.. settings, Start(model), new("checkpoint_steps", Optional(options.CheckpointSteps)), new("checkpoint_epochs", Text(options.CheckpointEpochs))];

    /// <summary>The same before they run, from the first step or a checkpoint.</summary>
    internal static ValueList<LineageSetting> AtStart(ValueList<LineageSetting> settings, Model model, long stepsDone, bool writes, bool validates) =>
        [.. settings, new("weights", ModelDigest.Of(model)), new("steps_done", Text(stepsDone)), new("folder", writes ? "given" : None), new("validation", validates ? "given" : None)];

    /// <summary>The digests of the validation set.</summary>
    internal static ValueList<LineageSetting> Validation(IDataset data) => [new(ValidationDigest, DatasetDigest.Of(data)), new(ValidationContent, DatasetContent.DigestOf(data))];

    /// <summary>Returns the settings of a resumed training run: those of now, and what was changed in this and earlier resumptions.</summary>
    /// <param name="now">The settings of the training run.</param>
    /// <param name="checkpoint">The checkpoint to resume from.</param>
    /// <param name="changes">The names of the settings that may differ.</param>
    /// <exception cref="EspalierException">Another setting differs; the message names it.</exception>
    internal static ValueList<LineageSetting> Resume(ValueList<LineageSetting> now, TrainingCheckpoint checkpoint, IReadOnlyCollection<string> changes)
    {
        if (changes.FirstOrDefault(name => !s_changeable.Contains(name)) is string fixedName)
        {
            throw new EspalierException($"'{fixedName}' cannot be changed when a training run is resumed; {string.Join(", ", s_changeable)} can");
        }

        var differences = new List<string>();
        ValueList<LineageSetting> then = checkpoint.Settings;
        foreach (string name in now.Concat(then).Select(setting => setting.Name).Where(name => name != Changed).Distinct())
        {
            (string? present, string? former) = (Find(now, name), Find(then, name));
            bool unknown = (present is null || former is null) && MayBeMissing.Contains(name);
            if (present == former || (unknown && !changes.Contains(name)))
            {
                continue;
            }

            if (!changes.Contains(name))
            {
                throw new EspalierException(Difference(name, present, former));
            }

            RequireSameKind(name, present, former);
            differences.Add($"{name} from {former ?? None} to {present ?? None}");
        }

        IEnumerable<LineageSetting> earlier = then.Where(setting => setting.Name == Changed);
        string when = string.Create(CultureInfo.InvariantCulture, $"epoch {checkpoint.Position.Epoch + 1}, batch {checkpoint.Position.Batch + 1}");
        return ValueList.From([.. now, .. earlier, .. differences.Count == 0 ? (LineageSetting[])[] : [new(Changed, $"{when}: {string.Join("; ", differences)}")]]);
    }

    private static string Difference(string name, string? present, string? former) => name switch
    {
        TeacherMetadata => "the labels or the preprocessing of the teacher are not those of the checkpoint's training; resuming needs the same",
        DataDigest => "the data is not that of the checkpoint's training: there are as many images, but not the same ones, or of other classes; resuming needs the same (where images were held back for validation by an earlier version, DataSourceOptions.Stratified = false or --validation-split random selects the same ones)",
        DataContent => "the data is not that of the checkpoint's training: the images have the same names, but not the same content; resuming needs the same",
        ValidationDigest or ValidationContent => "the validation images are not those of the checkpoint's training, so that its best epoch cannot be compared with the next ones; resuming needs the same",
        StartingModel => "the model to train is not the one that the checkpoint's training started from: it has the same architecture, but other weights; resuming needs the same",
        _ => $"the checkpoint's training has {(former is null ? $"no {name}" : $"{name} '{former}'")}, this one has {(present is null ? None : $"'{present}'")}: resuming needs the same"
            + (s_changeable.Contains(name) ? $", unless {name} is named as a setting to change (--change on the command line, Changes in the options)" : ""),
    };

    /// <summary>The state of one optimizer is none of another.</summary>
    private static void RequireSameKind(string name, string? present, string? former)
    {
        if (name == "optimizer" && KindOf(present) != KindOf(former))
        {
            throw new EspalierException($"the checkpoint has the state of the optimizer '{former}', which '{present}' cannot use; its settings can be changed, but not its kind");
        }
    }

    private static string? KindOf(string? optimizer) => optimizer?.Split('{', ' ')[0];

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
    private static ValueList<LineageSetting> List(TrainingOptions options, DataLoader data, AuxiliaryLoss auxiliary)
    {
        LineageSetting[] own = [.. Own(options, data), .. auxiliary.Settings];
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
        new(DataContent, DatasetContent.DigestOf(data.Dataset)),
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
        .. Parts(options.Parallel),
        .. Scales(options),
        .. Runtime(options.Runtime),
        .. Decoding(data.Dataset.Decoding ?? ImageDecodingOptions.Default),
    ];

    /// <summary>How image files are decoded where it is not the default, so that checkpoints of versions without these options can be resumed.</summary>
    private static IEnumerable<LineageSetting> Decoding(ImageDecodingOptions decoding)
    {
        if (!decoding.ApplyOrientation)
        {
            yield return new(Exif, "off");
        }

        if (decoding.Limits.ImagePixels != Limits.Default.ImagePixels)
        {
            yield return new(MaxPixels, Text(decoding.Limits.ImagePixels));
        }

        if (decoding.ReduceJpegTo is int pixels)
        {
            yield return new(ReduceJpeg, Text(pixels));
        }
    }

    /// <summary>The parts of each batch, where there are several. The number of processes is not among the settings: the result does not depend on it.</summary>
    private static IEnumerable<LineageSetting> Parts(DataParallel? parallel)
    {
        if (parallel is { AllParts: > 1 })
        {
            yield return new("parts", Text(parallel.AllParts));
            yield return new("norms", parallel.SynchronizeNorms ? "of the whole batch" : "of each part");
        }
    }

    /// <summary>Whether scales are kept, which is not the default, so that checkpoints of versions without quantized networks can be resumed.</summary>
    private static IEnumerable<LineageSetting> Scales(TrainingOptions options)
    {
        if (!options.LearnScales)
        {
            yield return new(SettingNames.Scales, "kept");
        }
    }

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
