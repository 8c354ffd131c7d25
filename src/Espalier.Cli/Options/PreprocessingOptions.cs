using Espalier.Data;

namespace Espalier.Cli;

/// <summary>The options that set or override a model's preprocessing.</summary>
internal sealed class PreprocessingOptions
{
    private const int LargestSide = 1 << 14;

    private readonly Option<int> _resize = NumberOptions.Create("--resize", "Length in pixels of an image's shorter side after resizing.", 1, LargestSide, null);
    private readonly Option<int> _crop = NumberOptions.Create("--crop", "Side in pixels of the square that is cropped from the center: the network's input.", 1, LargestSide, null);

    private readonly Option<string?> _stretch = new("--stretch") { Description = "Height and width after resizing without keeping the aspect ratio, instead of --resize: 224x224.", HelpName = "HxW" };
    private readonly Option<string?> _interpolation = new("--interpolation") { Description = "The interpolation for resizing: bilinear, bicubic, lanczos, box or nearest.", HelpName = "FILTER", CompletionSources = { "bilinear", "bicubic", "lanczos", "box", "nearest" } };
    private readonly Option<string?> _mean = new("--mean") { Description = "The mean of each channel, which is subtracted, in the order and range of the input: 0.485,0.456,0.406.", HelpName = "R,G,B" };
    private readonly Option<string?> _deviation = new("--std") { Description = "The standard deviation of each channel, by which it is divided: 0.229,0.224,0.225.", HelpName = "R,G,B" };
    private readonly Option<string?> _order = new("--channel-order") { Description = "Order of the channels in the input: rgb or bgr (Caffe, OpenCV).", HelpName = "ORDER", CompletionSources = { "rgb", "bgr" } };
    private readonly Option<string?> _range = new("--pixel-range") { Description = "The range of pixel values before the mean is subtracted: unit for 0…1, byte for 0…255.", HelpName = "RANGE", CompletionSources = { "unit", "byte" } };

    internal void AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The model with its preprocessing, overridden by the options of the command line.</summary>
    /// <exception cref="EspalierException">Neither the model nor the command line specifies the preprocessing, or a value is invalid.</exception>
    internal Model Apply(ParseResult parsed, Model model) => model.Metadata.Preprocessing is null && !IsGiven(parsed)
        ? throw new EspalierException("the model has no preprocessing; give --resize, --crop, --mean and --std")
        : ApplyGiven(parsed, model);

    /// <summary>The same for verbs that need no preprocessing; a model without any stays without if no option is given.</summary>
    /// <exception cref="EspalierException">A value is invalid.</exception>
    internal Model ApplyGiven(ParseResult parsed, Model model)
    {
        if (!IsGiven(parsed))
        {
            return model;
        }

        if (model.Metadata.Preprocessing is null && (parsed.GetResult(_mean) is null || parsed.GetResult(_deviation) is null))
        {
            throw new EspalierException("the model has no preprocessing, so both --mean and --std are required");
        }

        Model changed = model.With(model.Metadata with { Preprocessing = Change(parsed, model.Metadata.Preprocessing ?? new Preprocessing()) });
        InputPipeline.Of(changed); // throws for invalid preprocessing before it is written into a model
        return changed;
    }

    /// <summary>The name of the first option that is given, or <see langword="null"/>.</summary>
    internal string? Given(ParseResult parsed) => All.FirstOrDefault(option => parsed.GetResult(option) is not null)?.Name;

    private bool IsGiven(ParseResult parsed) => Given(parsed) is not null;

    private Preprocessing Change(ParseResult parsed, Preprocessing result) => result with
    {
        Resize = parsed.GetResult(_resize) is not null ? parsed.GetValue(_resize) : parsed.GetResult(_stretch) is null ? result.Resize : null,
        Stretch = parsed.GetValue(_stretch) is string stretch ? Sides(stretch) : parsed.GetResult(_resize) is null ? result.Stretch : null,
        Crop = parsed.GetResult(_crop) is null ? result.Crop : parsed.GetValue(_crop),
        Interpolation = Choice(parsed, _interpolation, result.Interpolation),
        Normalization = Change(parsed, result.Normalization),
    };

    private Normalization Change(ParseResult parsed, Normalization result) => result with
    {
        Mean = parsed.GetValue(_mean) is string mean ? Colour("--mean", mean) : result.Mean,
        StandardDeviation = parsed.GetValue(_deviation) is string deviation ? Colour("--std", deviation) : result.StandardDeviation,
        Order = Choice(parsed, _order, result.Order),
        Range = Choice(parsed, _range, result.Range),
    };

    private IReadOnlyList<Option> All => [_resize, _stretch, _crop, _interpolation, _mean, _deviation, _order, _range];

    private static T Choice<T>(ParseResult parsed, Option<string?> option, T otherwise) where T : struct, Enum =>
        parsed.GetValue(option) is not string text ? otherwise
        : Enum.GetNames<T>().Any(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) ? Enum.Parse<T>(text, ignoreCase: true)
        : throw new EspalierException($"{option.Name} is one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}, found '{text}'");

    private static Size Sides(string text) =>
        text.Split('x') is [string height, string width] && Side(height) is int rows && Side(width) is int columns
            ? new Size(rows, columns)
            : throw new EspalierException($"--stretch takes a height and a width such as 224x224, found '{text}'");

    private static int? Side(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int side) && side is > 0 and <= LargestSide ? side : null;

    private static ValueList<float> Colour(string option, string text)
    {
        float[] numbers = [.. text.Split(',').Select(part => float.TryParse(part, CultureInfo.InvariantCulture, out float value) ? value : float.NaN)]; // float32 directly, because a double would be rounded twice
        return numbers.Length is 1 or 3 && numbers.All(float.IsFinite)
            ? ValueList.From(numbers)
            : throw new EspalierException($"{option} takes three numbers such as 0.485,0.456,0.406 (one for gray networks), found '{text}'");
    }
}
