using Espalier.Tensors;

namespace Espalier;

/// <summary>A picture with numbers that explains a model in a report.</summary>
/// <param name="Title">The heading, which also describes the picture to those who cannot see it.</param>
public sealed record ReportExplanation(string Title)
{
    /// <summary>A sentence about what is seen, or an empty text.</summary>
    public string Caption { get; init; } = "";

    /// <summary>The bytes of a PNG, JPEG or SVG file, or nothing for no picture.</summary>
    public ReadOnlyMemory<byte> Picture { get; init; }

    /// <summary>Numbers that are shown below the picture, in their order.</summary>
    public ValueList<ReportNumber> Numbers { get; init; } = [];

    /// <summary>The picture as a data URI, or <see langword="null"/> for no picture.</summary>
    /// <exception cref="ArgumentException">The bytes are none of the three formats.</exception>
    internal string? ToDataUri() => Picture.IsEmpty ? null : $"data:{MediaType};base64,{Convert.ToBase64String(Picture.Span)}";

    private string MediaType => Picture.Span switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [(byte)'<', (byte)'s', (byte)'v', (byte)'g', ..] or [(byte)'<', (byte)'?', (byte)'x', (byte)'m', (byte)'l', ..] => "image/svg+xml",
        _ => throw new ArgumentException($"The picture of the explanation '{Title}' is not a PNG, JPEG or SVG file.", "options"),
    };
}

/// <summary>A number of an explanation.</summary>
/// <param name="Name">What it measures.</param>
/// <param name="Value">The number; one that is not finite is shown as missing.</param>
public readonly record struct ReportNumber(string Name, double Value);
