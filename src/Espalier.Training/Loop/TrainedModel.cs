using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>The result of a training run as a model with the run in its lineage.</summary>
internal static class TrainedModel
{
    /// <param name="model">The model of the best epoch.</param>
    /// <param name="record">That epoch.</param>
    /// <param name="epoch">Its number, from 1.</param>
    /// <param name="action">The action that the lineage records.</param>
    /// <param name="settings">The settings of the run.</param>
    internal static Model Of(Model model, EpochRecord record, int epoch, string action, ValueList<LineageSetting> settings)
    {
        ValueList<LineageResult> results = [new("epoch", epoch), new("train_loss", record.TrainingLoss), new("train_accuracy", record.TrainingAccuracy)];
        results = record.Validated ? results.Add(new("validation_loss", record.ValidationLoss)).Add(new("validation_accuracy", record.ValidationAccuracy)) : results;
        Model result = QuantizedLayer.InIntegers(model).Record(new LineageEntry(action, settings, results));
        return ModelFile.WithSize(result.WithFigures(result.LastFigures()!.Value with { Accuracy = record.Validated ? record.ValidationAccuracy : null }));
    }
}
