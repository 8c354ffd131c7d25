namespace Espalier.Cli;

/// <summary>Numbers in the text of options. .NET also reads NaN and Infinity, which no option means; every option with numbers is read here.</summary>
internal static class FiniteNumber
{
    internal static bool TryParse(ReadOnlySpan<char> text, out double value, NumberStyles styles = NumberStyles.Float) =>
        double.TryParse(text, styles, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    /// <summary>The number, or <see langword="null"/> if the text is none.</summary>
    internal static double? Parse(ReadOnlySpan<char> text, NumberStyles styles = NumberStyles.Float) => TryParse(text, out double value, styles) ? value : null;
}
