namespace Espalier.Cli.Output;

/// <summary>A curve in one line of text.</summary>
internal static class Sparkline
{
    private const string Levels = "▁▂▃▄▅▆▇█";

    /// <summary>One letter for each value, higher for greater ones.</summary>
    internal static string Of(IReadOnlyCollection<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        return finite.Length == 0 ? "" : Of(values, finite.Min(), finite.Max());
    }

    /// <summary>The same between bounds, so that several curves compare.</summary>
    internal static string Of(IReadOnlyCollection<double> values, double least, double greatest)
    {
        double range = greatest > least ? greatest - least : 1;
        return string.Concat(values.Select(value => double.IsFinite(value) ? Levels[(int)Math.Clamp((value - least) / range * Levels.Length, 0, Levels.Length - 1)] : ' '));
    }
}
