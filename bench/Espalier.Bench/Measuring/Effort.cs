namespace Espalier.Bench.Measuring;

/// <summary>How long a contest may take.</summary>
/// <param name="Runs">Timed runs of each contestant.</param>
/// <param name="Starts">Fresh processes of each contestant; 0 for none.</param>
/// <param name="WarmUp">How long each runs before anything is timed: .NET compiles its hot methods again, PyTorch optimises its trace.</param>
/// <param name="Longest">Where a run takes so long that this many timed seconds of each contestant pass before all runs are done, there are fewer.</param>
internal readonly record struct Effort(int Runs, int Starts, TimeSpan WarmUp, TimeSpan Longest);
