namespace Espalier.Cli.Output;

/// <summary>A curve in one line of text.</summary>
internal static class Sparkline
{
    private const string Levels = "▁▂▃▄▅▆▇█";

    /// <summary>One letter for each value, higher for greater ones.</summary>
    internal static string Of(IReadOnlyCollection<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        if (finite.Length == 0)
        {
            return "";
        }

        (double least, double greatest) = (finite.Min(), finite.Max());
        double range = greatest > least ? greatest - least : 1;
        return string.Concat(values.Select(value => double.IsFinite(value) ? Levels[(int)Math.Min(Levels.Length - 1, (value - least) / range * Levels.Length)] : ' '));
    }
}
