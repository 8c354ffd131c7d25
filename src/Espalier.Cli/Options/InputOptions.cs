namespace Espalier.Cli;

/// <summary>The option --input: the size of one sample, such as <c>3x224x224</c>, or <c>320</c> for a square with the network's channels.</summary>
internal static class InputOptions
{
    private const int LargestSide = 1 << 16;

    internal static Option<string?> Create() => new("--input")
    {
        Description = "The input size, which replaces the network's default: 3x224x224, 320x320, or 320 for a square.",
        HelpName = "SIZE",
    };

    /// <summary>The option for the number of channels of images.</summary>
    internal static Option<int> Channels(string description) => NumberOptions.Create("--input-channels", description, 1, 3, null);

    /// <summary>The graph for the requested input size.</summary>
    internal static Graph Apply(ParseResult parsed, Option<string?> option, Graph graph) =>
        parsed.GetValue(option) is string text ? graph.WithInput(Read(text, FeatureMap.Of(graph.ShapeOf(graph.Input.Name)))) : graph;

    private static Shape Read(string text, FeatureMap usual)
    {
        int[] extents = [.. text.Split('x').Select(part =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int extent) && extent <= LargestSide ? extent : 0)];
        return extents.Contains(0)
            ? throw Wrong(text)
            : extents switch
            {
                [int side] => [usual.Channels, side, side],
                [int height, int width] => [usual.Channels, height, width],
                [int channels, int height, int width] => [channels, height, width],
                _ => throw Wrong(text),
            };
    }

    private static EspalierException Wrong(string text) =>
        new($"--input takes a size such as 3x224x224, 224x224 or 224, found '{text}'");
}
