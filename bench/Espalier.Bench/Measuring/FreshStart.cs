namespace Espalier.Bench.Measuring;

/// <summary>What a process that was just started needs.</summary>
/// <param name="ReadyMilliseconds">Until its runtime and libraries are there and it takes commands.</param>
/// <param name="FirstPredictionMilliseconds">Until it has answered the first batch, which includes the former and loading the network.</param>
/// <param name="PeakBytes">The most resident memory after a few predictions.</param>
internal readonly record struct FreshStart(double ReadyMilliseconds, double FirstPredictionMilliseconds, long PeakBytes);
