using Espalier.Onnx;

namespace Espalier.Cli;

/// <summary>The option --input-size: the extents that an ONNX network leaves open.</summary>
internal sealed class OnnxSizeOption
{
    private readonly Option<string[]> _size = new("--input-size")
    {
        Description = "For an ONNX network whose input size is open: its pixels, such as 224 or 224x320, or extents by their names in the file, such as height=224 width=320.",
        HelpName = "SIZE",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    internal void AddTo(Command command) => command.AddAll(_size);

    /// <summary>The option.</summary>
    internal Option Option => _size;

    /// <summary>The options for reading, or <see langword="null"/> if no size is given.</summary>
    internal OnnxReadOptions? Read(ParseResult parsed)
    {
        string[] given = parsed.GetValue(_size) ?? [];
        if (given.Length == 0)
        {
            return null;
        }

        var options = new OnnxReadOptions();
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string text in given)
        {
            int equals = text.LastIndexOf('=');
            if (equals > 0)
            {
                names[text[..equals]] = Extent(text, text[(equals + 1)..]);
            }
            else
            {
                int[] sides = [.. text.Split('x').Select(side => Extent(text, side))];
                options = options with { InputSize = sides.Length switch { 1 => new Size(sides[0], sides[0]), 2 => new Size(sides[0], sides[1]), _ => throw Wrong(text) } };
            }
        }

        return options with { Sizes = names };
    }

    private static int Extent(string text, string number) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int extent) && extent is >= 1 and <= 1 << 16 ? extent : throw Wrong(text);

    private static EspalierException Wrong(string text) => new($"--input-size takes pixels such as 224 or 224x320, or NAME=NUMBER, found '{text}'");
}
