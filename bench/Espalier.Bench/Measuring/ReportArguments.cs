namespace Espalier.Bench.Measuring;

/// <summary>What commands understand that measure one fixed list of things.</summary>
/// <param name="Output">The report's file; named after the processor unless told.</param>
/// <param name="IsQuick">Whether a fraction of the runs will do: to see that all works, not to rely on the numbers.</param>
internal readonly record struct ReportArguments(string? Output, bool IsQuick)
{
    internal const string Usage = "[--quick] [-o FILE.md]";

    /// <summary>The arguments, or <see langword="null"/> where one is not known.</summary>
    internal static ReportArguments? Parse(ReadOnlySpan<string> arguments)
    {
        var parsed = new ReportArguments();
        while (!arguments.IsEmpty)
        {
            switch (arguments)
            {
                case ["--quick", ..]:
                    parsed = parsed with { IsQuick = true };
                    arguments = arguments[1..];
                    break;
                case ["-o" or "--output", string file, ..]:
                    parsed = parsed with { Output = file };
                    arguments = arguments[2..];
                    break;
                default:
                    return null;
            }
        }

        return parsed;
    }

    /// <summary>A number of runs, or a tenth of it.</summary>
    internal int Runs(int usual) => IsQuick ? Math.Max(1, usual / 10) : usual;

    /// <summary>A time, or a tenth of it.</summary>
    internal TimeSpan Time(TimeSpan usual) => IsQuick ? usual / 10 : usual;
}
