using System.Globalization;

namespace Espalier.Training;

/// <summary>Validates the ranges of options before training starts, since some are used only after an epoch.</summary>
internal static class TrainingOptionRanges
{
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; the message names it.</exception>
    internal static void Require(TrainingOptions options)
    {
        if (Fault(options) is string fault)
        {
            throw new ArgumentOutOfRangeException(nameof(options), fault);
        }
    }

    private static string? Fault(TrainingOptions options) =>
        Unless(options.Epochs >= 1, nameof(options.Epochs), options.Epochs, "at least 1")
        ?? Unless(double.IsFinite(options.LearningRate) && options.LearningRate >= 0, nameof(options.LearningRate), options.LearningRate, "a number of at least 0")
        ?? Unless(options.Mixing.MixupAlpha >= 0, nameof(Mixing.MixupAlpha), options.Mixing.MixupAlpha, "a number of at least 0")
        ?? Unless(options.Mixing.CutMixAlpha >= 0, nameof(Mixing.CutMixAlpha), options.Mixing.CutMixAlpha, "a number of at least 0")
        ?? Unless(options.Accumulation >= 1, nameof(options.Accumulation), options.Accumulation, "at least 1")
        ?? Unless(options.Patience is null or >= 1, nameof(options.Patience), options.Patience, "at least 1")
        ?? Unless(options.CheckpointSteps is null or >= 1, nameof(options.CheckpointSteps), options.CheckpointSteps, "at least 1")
        ?? Unless(options.CheckpointEpochs >= 1, nameof(options.CheckpointEpochs), options.CheckpointEpochs, "at least 1")
        ?? Unless(options.Threads >= 0, nameof(options.Threads), options.Threads, "at least 1, or 0 for one for each processor");

    private static string? Unless(bool holds, string option, IFormattable? found, string expected) =>
        holds ? null : string.Create(CultureInfo.InvariantCulture, $"{option} is {found}; expected {expected}.");
}
