using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Espalier.Cli;

/// <summary>Options that take a whole number within bounds, with an error a person understands.</summary>
internal static class NumberOption
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

        string range = most == int.MaxValue ? $"from {least} on" : $"from {least} to {most}";
        result.AddError($"{name} takes a whole number {range}, found '{text}'");
        return least;
    }
}
