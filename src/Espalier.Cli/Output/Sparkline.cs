namespace Espalier.Cli;

/// <summary>A curve as one line of text.</summary>
internal static class Sparkline
{
    private const string Levels = "▁▂▃▄▅▆▇█";

    /// <summary>One block character per value, whose height is the value between <paramref name="least"/> and <paramref name="greatest"/>; a blank for values that are not finite.</summary>
    internal static string Of(IReadOnlyCollection<double> values, double least, double greatest)
    {
        double range = greatest > least ? greatest - least : 1;
        return string.Concat(values.Select(value => double.IsFinite(value) ? Levels[(int)Math.Clamp((value - least) / range * Levels.Length, 0, Levels.Length - 1)] : ' '));
    }
}
