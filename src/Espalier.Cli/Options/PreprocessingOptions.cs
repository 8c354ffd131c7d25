using System.CommandLine;
using System.Globalization;
using Espalier.Cli.Models;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli.Options;

/// <summary>How images become inputs, where the model does not say or says otherwise.</summary>
internal sealed class PreprocessingOptions
{
    private const int LargestSide = 1 << 14;

    private readonly Option<int> _resize = NumberOption.Create("--resize", "Length of an image's shorter side after resizing.", 1, LargestSide, null);
    private readonly Option<int> _crop = NumberOption.Create("--crop", "Side of the square that is cut from the middle: the network's input.", 1, LargestSide, null);

    private readonly Option<string?> _interpolation = new("--interpolation") { Description = "How images are resized: bilinear or bicubic.", HelpName = "FILTER" };
    private readonly Option<string?> _mean = new("--mean") { Description = "Subtracted from red, green and blue, which are in 0…1: 0.485,0.456,0.406.", HelpName = "R,G,B" };
    private readonly Option<string?> _deviation = new("--std") { Description = "Red, green and blue are divided by it: 0.229,0.224,0.225.", HelpName = "R,G,B" };

    internal void AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The model with the preprocessing that it has, changed as the command line says: what is shown to it, and what is written with it.</summary>
    /// <exception cref="EspalierException">Neither says anything, or a value is not possible.</exception>
    internal Model Apply(ParseResult parsed, Model model) => model.Metadata.Preprocessing is null && !IsGiven(parsed)
        ? throw new EspalierException("the model does not say how images become inputs; give --resize, --crop, --mean and --std")
        : ApplyGiven(parsed, model);

    /// <summary>The same for what shows no images to the model, so that nothing need be known.</summary>
    /// <exception cref="EspalierException">A value is not possible.</exception>
    internal Model ApplyGiven(ParseResult parsed, Model model)
    {
        if (!IsGiven(parsed))
        {
            return model;
        }

        if (model.Metadata.Preprocessing is null && (parsed.GetResult(_mean) is null || parsed.GetResult(_deviation) is null))
        {
            throw new EspalierException("the model does not say how images become inputs, so both --mean and --std are needed");
        }

        Model changed = model.With(model.Metadata with { Preprocessing = Change(parsed, model.Metadata.Preprocessing ?? new Preprocessing()) });
        InputPipelines.Of(changed); // says what does not fit before it is written into a model
        return changed;
    }

    /// <summary>The first option that is given, or <see langword="null"/>.</summary>
    internal string? Given(ParseResult parsed) => All.FirstOrDefault(option => parsed.GetResult(option) is not null)?.Name;

    private bool IsGiven(ParseResult parsed) => Given(parsed) is not null;

    private Preprocessing Change(ParseResult parsed, Preprocessing result) => result with
    {
        Resize = parsed.GetResult(_resize) is null ? result.Resize : parsed.GetValue(_resize),
        Crop = parsed.GetResult(_crop) is null ? result.Crop : parsed.GetValue(_crop),
        Interpolation = parsed.GetValue(_interpolation) is string filter ? Filter(filter) : result.Interpolation,
        Mean = parsed.GetValue(_mean) is string mean ? Colour("--mean", mean) : result.Mean,
        StandardDeviation = parsed.GetValue(_deviation) is string deviation ? Colour("--std", deviation) : result.StandardDeviation,
    };

    private IReadOnlyList<Option> All => [_resize, _crop, _interpolation, _mean, _deviation];

    private static Interpolation Filter(string text) => text switch
    {
        "bilinear" => Interpolation.Bilinear,
        "bicubic" => Interpolation.Bicubic,
        _ => throw new EspalierException($"--interpolation is bilinear or bicubic, found '{text}'"),
    };

    private static ValueList<float> Colour(string option, string text)
    {
        float[] numbers = [.. text.Split(',').Select(part => float.TryParse(part, CultureInfo.InvariantCulture, out float value) ? value : float.NaN)];
        return numbers.Length is 1 or 3 && numbers.All(float.IsFinite)
            ? ValueList.From(numbers)
            : throw new EspalierException($"{option} takes three numbers such as 0.485,0.456,0.406 (one for gray networks), found '{text}'");
    }
}
