using System.CommandLine.Parsing;

namespace Espalier.Cli;

/// <summary>Options with an integer value within bounds.</summary>
internal static class NumberOptions
{
    internal static Option<int> Create(string name, string description, int least, int most, int? initial)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result => Parse(result, name, least, most),
        };
        if (initial is int value)
        {
            option.DefaultValueFactory = _ => value;
        }

        return option;
    }

    private static int Parse(ArgumentResult result, string name, int least, int most)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most)
        {
            return value;
        }

        string range = most == int.MaxValue ? $"of at least {least}" : $"from {least} to {most}";
        result.AddError($"{name} takes an integer {range}, found '{text}'");
        return least;
    }
}

/// <summary>Options with a floating-point value within bounds.</summary>
internal static class DecimalOptions
{
    /// <summary>A value from <paramref name="least"/> to <paramref name="most"/>, inclusive; if <paramref name="most"/> is infinite, any finite number of at least <paramref name="least"/>.</summary>
    internal static Option<double> Create(string name, string description, double least, double most, double? initial = null, string helpName = "X")
    {
        string range = double.IsNegativeInfinity(least) ? "that is finite" : double.IsFinite(most) ? string.Create(CultureInfo.InvariantCulture, $"from {least} to {most}") : string.Create(CultureInfo.InvariantCulture, $"of at least {least}");
        return Create(name, description, value => value >= least && value <= most, range, initial, helpName);
    }

    /// <summary>A positive value.</summary>
    internal static Option<double> Positive(string name, string description) => Create(name, description, value => value > 0, "above 0", null, "X");

    /// <summary>A value from 0 to 1, excluding 1.</summary>
    internal static Option<double> Share(string name, string description) => Create(name, description, value => value is >= 0 and < 1, "from 0 to 1, excluding 1", null, "X");

    private static Option<double> Create(string name, string description, Predicate<double> allowed, string range, double? initial, string helpName)
    {
        var option = new Option<double>(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result => Parse(result, name, allowed, range),
        };
        if (initial is double value)
        {
            option.DefaultValueFactory = _ => value;
        }

        return option;
    }

    /// <summary>The value that was given, or <see langword="null"/>.</summary>
    internal static double? Given(this ParseResult parsed, Option<double> option) => parsed.GetResult(option) is null ? null : parsed.GetValue(option);

    /// <summary>The value that was given, or <see langword="null"/>.</summary>
    internal static int? Given(this ParseResult parsed, Option<int> option) => parsed.GetResult(option) is null ? null : parsed.GetValue(option);

    private static double Parse(ArgumentResult result, string name, Predicate<double> allowed, string range)
    {
        string text = result.Tokens[0].Value;
        if (FiniteNumber.TryParse(text, out double value) && allowed(value))
        {
            return value;
        }

        result.AddError($"{name} takes a number {range}, found '{text}'");
        return 0;
    }
}
