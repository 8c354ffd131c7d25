namespace Espalier.Cli;

/// <summary>A curve in one line of text.</summary>
internal static class Sparkline
{
    private const string Levels = "▁▂▃▄▅▆▇█";

    /// <summary>One letter for each value, higher for greater ones, between bounds that several curves may share; a blank for what is not a number.</summary>
    internal static string Of(IReadOnlyCollection<double> values, double least, double greatest)
    {
        double range = greatest > least ? greatest - least : 1;
        return string.Concat(values.Select(value => double.IsFinite(value) ? Levels[(int)Math.Clamp((value - least) / range * Levels.Length, 0, Levels.Length - 1)] : ' '));
    }
}
