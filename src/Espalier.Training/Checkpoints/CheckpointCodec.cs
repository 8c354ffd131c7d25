using Espalier.Data;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Writes the state of a training run into the attachments of a model file and reads it from them.</summary>
internal static class CheckpointCodec
{
    // Incremented with every change that readers of the previous version would misread.
    private const string Version = "1";

    private const string VersionKey = "training/version";
    private const string SettingsKey = "training/settings";
    private const string Counts = "training/counts"; // epoch, batch, images, correct, best epoch, validations since
    private const string Sums = "training/sums"; // loss, seconds, best accuracy, best loss
    private const string HistoryKey = "training/history"; // one row per epoch
    private const string SavedKey = "training/saved_seconds"; // seconds saved by stochastic depth: of each finished epoch, then of the current one
    private const string Prefix = "training/";
    private const string Optimizer = "optimizer";
    private const string BestModel = "best";
    private const int CountLength = 6;
    private const int SumLength = 4;
    private const int HistoryColumns = 9;

    internal static ModelAttachments Attach(TrainingCheckpoint checkpoint)
    {
        BestModel best = checkpoint.Best;
        EpochTotals totals = checkpoint.Totals;
        long[] counts = [checkpoint.Position.Epoch, checkpoint.Position.Batch, totals.Images, totals.Correct, best.Epoch, best.EpochsWithoutImprovement];
        double[] sums = [totals.Loss, totals.Seconds, best.Evaluation.Accuracy, best.Evaluation.Loss];
        double[] history = [.. checkpoint.History.SelectMany(Row)];
        double[] saved = [.. checkpoint.History.Select(epoch => epoch.SavedSeconds), totals.SavedSeconds];
        var bestValues = best.Model is null ? [] : best.Model.Parameters.Select(p => KeyValuePair.Create(p.Key, p.Value.Value));
        var tensors = new StateDict(
        [
            new(Counts, Tensor.From<long>([CountLength], counts)),
            new(Sums, Tensor.From<double>([SumLength], sums)),
            new(HistoryKey, Tensor.From<double>([checkpoint.History.Count, HistoryColumns], history)),
            new(SavedKey, Tensor.From<double>([saved.Length], saved)),
            .. Prefixed(Optimizer, checkpoint.Optimizer),
            .. checkpoint.Extensions.SelectMany(extension => Prefixed(Own(extension.Key), extension.Value)),
            .. Prefixed(BestModel, bestValues),
        ]);
        string settings = string.Join('\n', checkpoint.Settings.Select(setting => $"{setting.Name}={setting.Value}"));
        return new ModelAttachments(tensors, [new(VersionKey, Version), new(SettingsKey, settings)]);
    }

    internal static TrainingCheckpoint Detach(Model model, ModelAttachments attachments, string source)
    {
        string? version = attachments.Text(VersionKey);
        if (version != Version)
        {
            throw new MalformedInputException(source, null, version is null
                ? "a model file without the state of a training run"
                : $"a checkpoint of version {version}; this version of Espalier reads version {Version}");
        }

        ReadOnlySpan<long> counts = Numbers<long>(attachments.Tensors, Counts, [CountLength], source);
        ReadOnlySpan<double> sums = Numbers<double>(attachments.Tensors, Sums, [SumLength], source);
        if (counts.ContainsAnyExceptInRange(0, int.MaxValue))
        {
            throw new MalformedInputException(source, null, $"'{Counts}' has counts below 0 or above {int.MaxValue}");
        }

        EpochRecord[] history = History(attachments.Tensors, source);
        ReadOnlySpan<double> saved = attachments.Tensors.TryGet(SavedKey, out _) ? Numbers<double>(attachments.Tensors, SavedKey, [history.Length + 1], source) : []; // absent in checkpoints of the first versions
        for (int i = 0; i < saved.Length - 1; i++)
        {
            history[i] = history[i] with { SavedSeconds = saved[i] };
        }

        Dictionary<string, StateDict> states = States(attachments.Tensors);
        StateDict best = states.GetValueOrDefault(BestModel) ?? new StateDict([]);
        return new TrainingCheckpoint
        {
            Model = model,
            Position = new DataPosition((int)counts[0], (int)counts[1]),
            History = history,
            Settings = ValueList.From((attachments.Text(SettingsKey) ?? "").Split('\n').Select(Setting)),
            Optimizer = states.GetValueOrDefault(Optimizer) ?? new StateDict([]),
            Extensions = states.Where(state => state.Key is not (Optimizer or BestModel)).ToDictionary(StringComparer.Ordinal),
            Best = new BestModel(best.Count == 0 ? null : Best(model, best, source), (int)counts[4], new Evaluation(Loss: sums[3], Accuracy: sums[2]), (int)counts[5]),
            Totals = new EpochTotals(Loss: sums[0], Correct: counts[3], Images: counts[2], Seconds: sums[1]) { SavedSeconds = saved.IsEmpty ? double.NaN : saved[^1] },
        };
    }

    private static IEnumerable<double> Row(EpochRecord e) =>
        [e.Epoch, e.Step, e.LearningRate, e.TrainingLoss, e.TrainingAccuracy, e.ValidationLoss, e.ValidationAccuracy, e.Seconds, e.ImagesPerSecond];

    private static EpochRecord[] History(StateDict tensors, string source)
    {
        ReadOnlySpan<double> values = Numbers<double>(tensors, HistoryKey, null, source);
        var history = new EpochRecord[values.Length / HistoryColumns];
        for (int i = 0; i < history.Length; i++)
        {
            ReadOnlySpan<double> row = values.Slice(i * HistoryColumns, HistoryColumns);
            history[i] = new EpochRecord((int)row[0], (long)row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8]);
        }

        return history;
    }

    private static Model Best(Model model, StateDict values, string source)
    {
        try
        {
            return model.With(model.Parameters.With(values.Select(value => KeyValuePair.Create(value.Key, model.Parameters[value.Key] with { Value = value.Value }))));
        }
        catch (EspalierException error)
        {
            throw new MalformedInputException(source, null, $"the parameters of its best model do not fit its network: {error.Message}");
        }
    }

    private static LineageSetting Setting(string line) =>
        line.IndexOf('=') is var at and >= 0 ? new LineageSetting(line[..at], line[(at + 1)..]) : new LineageSetting(line, "");

    private static ReadOnlySpan<T> Numbers<T>(StateDict tensors, string name, Shape? shape, string source) where T : unmanaged =>
        tensors.TryGet(name, out Tensor? tensor) && tensor.Type == ElementTypes.Of<T>() && (shape is null ? tensor.Shape.Rank == 2 && tensor.Shape[1] == HistoryColumns : tensor.Shape == shape)
            ? tensor.Read<T>()
            : throw new MalformedInputException(source, null, $"has no tensor '{name}' with the type and shape that checkpoints have");

    private static IEnumerable<KeyValuePair<string, Tensor>> Prefixed(string owner, IEnumerable<KeyValuePair<string, Tensor>> tensors) =>
        tensors.Select(tensor => KeyValuePair.Create($"{Prefix}{owner}/{tensor.Key}", tensor.Value));

    /// <summary>Returns the name of an extension, and throws if it contains '/' or is one of the reserved names.</summary>
    private static string Own(string extension) => extension.Contains('/') || extension is Optimizer or BestModel
        ? throw new ArgumentException($"The name of an extension with state is '{extension}'; expected a name without '/' other than '{Optimizer}' and '{BestModel}'.", nameof(extension))
        : extension;

    /// <summary>Groups the tensors named training/OWNER/NAME by owner.</summary>
    private static Dictionary<string, StateDict> States(StateDict tensors) => tensors
        .Where(tensor => tensor.Key.StartsWith(Prefix, StringComparison.Ordinal) && tensor.Key.IndexOf('/', Prefix.Length) > 0)
        .GroupBy(tensor => tensor.Key[Prefix.Length..tensor.Key.IndexOf('/', Prefix.Length)], StringComparer.Ordinal)
        .ToDictionary(owner => owner.Key, owner => new StateDict(owner.Select(tensor => KeyValuePair.Create(tensor.Key[(Prefix.Length + owner.Key.Length + 1)..], tensor.Value))), StringComparer.Ordinal);
}
