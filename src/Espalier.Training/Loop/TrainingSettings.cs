using System.Globalization;
using Espalier.Data;
using Espalier.Graphs;

namespace Espalier.Training;

/// <summary>What a training's result depends on, as names and texts: for the lineage, and to refuse going on with other settings than it began with.</summary>
internal static class TrainingSettings
{
    /// <summary>The setting that tells other data of the same count.</summary>
    internal const string DataDigest = "data_digest";

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

    private static ValueList<LineageSetting> List(TrainingOptions options, DataLoader data) =>
    [
        new("samples", Text(data.Dataset.Count)),
        new(DataDigest, DatasetDigest.Of(data.Dataset)),
        new("batch", Text(data.Options.BatchSize)),
        new("data", string.Create(CultureInfo.InvariantCulture, $"{(data.Options.Shuffle ? "shuffled" : "in order")}, seed {data.Options.Seed}{(data.Options.DropLast ? ", whole batches" : "")}")),
        new("pipeline", string.Join(", ", data.Pipeline.Transforms.Select(transform => transform.ToString()).Append(data.Pipeline.Erasing?.ToString()).Where(text => text is not null))),
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
        .. Sparsity(options),
    ];

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

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    private static string Optional(IFormattable? number) => number is null ? "none" : Text(number);
}
