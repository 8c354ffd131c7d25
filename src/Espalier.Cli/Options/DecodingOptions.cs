using System.CommandLine.Parsing;
using Espalier.Data;
using Espalier.Imaging;

namespace Espalier.Cli;

/// <summary>How image files are decoded: the options of every verb that reads images.</summary>
internal static class DecodingOptions
{
    private const string MaxPixels = "--max-pixels";
    private const string Exif = "--exif";
    private const string Reduce = "--reduce-jpeg";
    private const string On = "on";

    /// <summary>The options, for a verb.</summary>
    internal static void AddTo(Command command)
    {
        command.Options.Add(new Option<long>(MaxPixels)
        {
            Description = $"Pixels that an image may have; {Limits.Default.ImagePixels} unless given. A photograph of 12000x9000 needs 108000000, or 1.08e8.",
            HelpName = "N",
            CustomParser = result => Pixels(result.Tokens[0].Value) ?? Wrong(result, $"{MaxPixels} takes a whole number from 1 on, found '{result.Tokens[0].Value}'"),
        });
        command.Options.Add(WordOptions.Create(Exif, "Whether images are turned upright as their EXIF orientation says; off is how torchvision's ImageFolder reads them.", On, "off"));
        command.Options.Add(NumberOptions.Create(Reduce, "Decodes JPEG images at 1/2, 1/4 or 1/8 of their size, the smallest whose width and height are at least N pixels: faster for large photographs, with slightly different pixels, as Pillow's draft. Give at least the size to which images are resized.", 1, 1 << 16, null));
    }

    /// <summary>What the command line says.</summary>
    internal static ImageDecodingOptions Read(ParseResult parsed) => new()
    {
        ApplyOrientation = parsed.GetRequiredValue<string>(Exif) == On,
        ReduceJpegTo = parsed.GetResult(Reduce) is OptionResult { Implicit: false } ? parsed.GetValue<int>(Reduce) : null,
        Limits = parsed.GetResult(MaxPixels) is null ? Limits.Default : Limits.Default with { ImagePixels = parsed.GetValue<long>(MaxPixels) },
    };

    /// <summary>The first option that is given, or <see langword="null"/>.</summary>
    internal static string? Given(ParseResult parsed) => new[] { MaxPixels, Exif, Reduce }.FirstOrDefault(name => parsed.GetResult(name) is OptionResult { Implicit: false });

    /// <summary>Refuses the options where no images are read.</summary>
    internal static void RequireNone(ParseResult parsed, string data)
    {
        if (Given(parsed) is string stray)
        {
            throw new EspalierException($"{stray} is about the images of {data}, and there are none");
        }
    }

    /// <summary>How data is opened, with what the command line says.</summary>
    internal static DataSourceOptions Source(ParseResult parsed) => new() { Decoding = Read(parsed) };

    // 2e8 is easier to write than 200000000.
    private static long? Pixels(string text) =>
        double.TryParse(text, NumberStyles.AllowExponent | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value is >= 1 and < long.MaxValue && value == Math.Truncate(value) ? (long)value : null;

    private static long Wrong(ArgumentResult result, string error)
    {
        result.AddError(error);
        return 0;
    }
}
