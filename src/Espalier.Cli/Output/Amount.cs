namespace Espalier.Cli;

/// <summary>Formats numbers for tables and text.</summary>
internal static class Amount
{
    /// <summary>All digits, in groups of three: <c>25,557,032</c>.</summary>
    internal static string Exact(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>About four significant digits with a unit prefix: <c>25.56 M</c>, <c>4.09 G</c>.</summary>
    internal static string Short(long count) => count switch
    {
        >= 1_000_000_000 => Fixed(count / 1e9, 2) + " G",
        >= 1_000_000 => Fixed(count / 1e6, 2) + " M",
        >= 10_000 => Fixed(count / 1e3, 1) + " k",
        _ => count.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Bytes in binary units: <c>97.5 MiB</c>.</summary>
    internal static string Bytes(long bytes) => bytes switch
    {
        >= 1L << 30 => Fixed(bytes / (double)(1L << 30), 2) + " GiB",
        >= 1L << 20 => Fixed(bytes / (double)(1L << 20), 1) + " MiB",
        >= 1L << 10 => Fixed(bytes / (double)(1L << 10), 1) + " KiB",
        _ => bytes.ToString(CultureInfo.InvariantCulture) + " bytes",
    };

    /// <summary>A number with a fixed number of decimals.</summary>
    internal static string Fixed(double value, int decimals) => value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>A fraction in percent: <c>93.39%</c>.</summary>
    internal static string Percent(double fraction) => Fixed(100 * fraction, 2) + "%";

    /// <summary>Bits for each parameter: <c>8.13</c>.</summary>
    internal static string Bits(double bits) => bits.ToString("0.##", CultureInfo.InvariantCulture);
}
