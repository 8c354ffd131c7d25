using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Espalier.Cli.Options;

/// <summary>Options that take a number within bounds, with an error a person understands.</summary>
internal static class DecimalOption
{
    internal static Option<double> Create(string name, string description, double least, double most, double? initial = null, string helpName = "X")
    {
        var option = new Option<double>(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result => Parse(result, name, least, most),
        };
        if (initial is double value)
        {
            option.DefaultValueFactory = _ => value;
        }

        return option;
    }

    /// <summary>What was given, or <see langword="null"/>.</summary>
    internal static double? Given(this ParseResult parsed, Option<double> option) => parsed.GetResult(option) is null ? null : parsed.GetValue(option);

    /// <summary>What was given, or <see langword="null"/>.</summary>
    internal static int? Given(this ParseResult parsed, Option<int> option) => parsed.GetResult(option) is null ? null : parsed.GetValue(option);

    private static double Parse(ArgumentResult result, string name, double least, double most)
    {
        string text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most)
        {
            return value;
        }

        string range = double.IsFinite(most) ? string.Create(CultureInfo.InvariantCulture, $"from {least} to {most}") : string.Create(CultureInfo.InvariantCulture, $"from {least} on");
        result.AddError($"{name} takes a number {range}, found '{text}'");
        return least;
    }
}
