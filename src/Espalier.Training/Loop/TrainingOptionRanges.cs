using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Validates the ranges of options before training starts, since some are used only after an epoch.</summary>
internal static class TrainingOptionRanges
{
    /// <exception cref="ArgumentException">An option is out of range or <see langword="null"/>; the message names it.</exception>
    internal static void Require(TrainingOptions options)
    {
        OptionCheck.AtLeast<int>(options.Epochs, 1, nameof(options.Epochs));
        OptionCheck.NotNull(options.Optimizer, nameof(options.Optimizer));
        FromZero(options.LearningRate, nameof(options.LearningRate));
        OptionCheck.NotNull(options.Schedule, nameof(options.Schedule));
        OptionCheck.NotNull(options.Objective, nameof(options.Objective));
        FromZero(options.AuxiliaryWeight ?? 0, nameof(options.AuxiliaryWeight));
        FromZero(options.Mixing.MixupAlpha, nameof(Mixing.MixupAlpha));
        FromZero(options.Mixing.CutMixAlpha, nameof(Mixing.CutMixAlpha));
        OptionCheck.AtLeast<int>(options.Accumulation, 1, nameof(options.Accumulation));
        options.Parallel?.Require();
        OptionCheck.AtLeast(options.Patience, 1, nameof(options.Patience));
        OptionCheck.AtLeast(options.CheckpointSteps, 1, nameof(options.CheckpointSteps));
        OptionCheck.AtLeast<int>(options.CheckpointEpochs, 1, nameof(options.CheckpointEpochs));
        foreach (ITrainingExtension extension in options.Extensions)
        {
            OptionCheck.NotNull(extension, $"one of {nameof(options.Extensions)}");
        }

        ThreadCount.Require(options.Threads, nameof(options.Threads));
    }

    private static void FromZero(double found, string option) => OptionCheck.Require(double.IsFinite(found) && found >= 0, found, "a number of at least 0", option);
}
