using Espalier.Data;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The augmentation of training images.</summary>
public sealed record Augmentation
{
    /// <summary>The values that <see cref="Parse"/> accepts.</summary>
    internal const string Forms = "auto, none, or a list of crop, resized-crop, flip, jitter, randaugment and erase";

    private const int PaddingShare = 8; // 4 pixels of 32, as in He 2015 on CIFAR
    private const double Jitter = 0.4; // of brightness, contrast and saturation: as in torchvision's recipes

    private readonly ValueList<string>? _names; // null to choose by the data

    private Augmentation(ValueList<string>? names) => _names = names;

    /// <summary>The usual augmentation: random crops of the padded image and flips for images of the network's input size, random resized crops and flips for other images.</summary>
    public static Augmentation Auto { get; } = new((ValueList<string>?)null);

    /// <summary>No augmentation.</summary>
    public static Augmentation None { get; } = new((ValueList<string>?)ValueList.From<string>([]));

    /// <summary>The words that <see cref="Parse"/> reads as this augmentation.</summary>
    internal string Words => _names is not { } names ? "auto" : names.Count == 0 ? "none" : string.Join(',', names);

    /// <summary>Parses a list such as <c>resized-crop,flip,erase</c> of <c>crop</c>, <c>resized-crop</c>, <c>flip</c>, <c>jitter</c>, <c>randaugment</c> and <c>erase</c>; or <c>auto</c> or <c>none</c>.</summary>
    /// <exception cref="EspalierException">The list contains another word.</exception>
    public static Augmentation Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text is "auto" or "none")
        {
            return text == "auto" ? Auto : None;
        }

        return FindUnknown(text) is string unknown
            ? throw new EspalierException($"augmentation is {Forms}; found '{unknown}'")
            : new Augmentation(ValueList.From(text.Split(',')));
    }

    /// <summary>The first word of a list that <see cref="Parse"/> does not accept, or <see langword="null"/>.</summary>
    internal static string? FindUnknown(string text) =>
        text is "auto" or "none" ? null : Array.Find(text.Split(','), name => name is not ("crop" or "resized-crop" or "flip" or "jitter" or "randaugment" or "erase"));

    /// <summary>Creates the pipeline of training images.</summary>
    /// <param name="plain">The pipeline without augmentation.</param>
    /// <param name="data">The images.</param>
    internal InputPipeline Apply(InputPipeline plain, IDataset data)
    {
        bool fits = data.SampleShape is { } shape && shape[1] == plain.Shape[1] && shape[2] == plain.Shape[2];
        string[] names = _names is { } chosen ? [.. chosen] : fits ? ["crop", "flip"] : ["resized-crop", "flip"];
        bool resized = names.Contains("resized-crop");
        IEnumerable<IImageTransform> first = resized || fits ? [] : plain.Transforms;
        return new InputPipeline(plain.Shape, plain.Normalization, [.. first, .. names.Select(name => Transform(name, plain.Shape)).OfType<IImageTransform>()])
        {
            Erasing = names.Contains("erase") ? new RandomErasing() : null,
        };
    }

    private static IImageTransform? Transform(string name, Shape input) => name switch
    {
        "crop" => new RandomCrop(input[2], input[1], Math.Max(1, input[2] / PaddingShare)),
        "resized-crop" => new RandomResizedCrop(input[2], input[1]),
        "flip" => new RandomHorizontalFlip(),
        "jitter" => new ColorJitter(Jitter, Jitter, Jitter),
        "randaugment" => new RandAugment(),
        _ => null, // erasing is applied to the normalized floats
    };
}
