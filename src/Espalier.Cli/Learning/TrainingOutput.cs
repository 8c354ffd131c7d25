namespace Espalier.Cli;

/// <summary>How a training is told of.</summary>
/// <param name="Continuation">The command line that resumes the training, shown when it is interrupted.</param>
/// <param name="Lines">Where epochs are told: standard output, or standard error where JSON is to be the only thing there.</param>
internal sealed record TrainingOutput(string Continuation, TextWriter Lines)
{
    /// <summary>What is noted at the last step of the result's lineage besides what training knows; nothing unless said otherwise.</summary>
    internal Func<Model, Model> Ledger { get; init; } = model => model;
}
