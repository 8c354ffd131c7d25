using System.CommandLine;
using Espalier.Data;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>How training images are varied.</summary>
internal sealed class AugmentOption
{
    private const string Forms = "auto, none, or a list of crop, resized-crop, flip, jitter, randaugment and erase";
    private const int PaddingShare = 8; // 4 pixels of 32, as He 2015 has it on CIFAR
    private const double Jitter = 0.4; // of brightness, contrast and saturation: as in torchvision's recipes

    private readonly Option<string> _augment = new("--augment")
    {
        Description = $"How training images are varied: {Forms}. auto is crop,flip for images of the network's own size and resized-crop,flip for photographs.",
        HelpName = "LIST",
        CompletionSources = { "auto", "none", "crop", "resized-crop", "flip", "jitter", "randaugment", "erase" },
        DefaultValueFactory = _ => "auto",
    };

    internal void AddTo(Command command) => command.Options.Add(_augment);

    /// <summary>The pipeline of training images.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="plain">The pipeline of images that are not varied.</param>
    /// <param name="data">The data.</param>
    internal InputPipeline Apply(ParseResult parsed, InputPipeline plain, IDataset data)
    {
        bool fits = data.SampleShape is { } shape && shape[1] == plain.Shape[1] && shape[2] == plain.Shape[2];
        string text = parsed.GetValue(_augment)!;
        string[] names = text switch
        {
            "auto" => fits ? ["crop", "flip"] : ["resized-crop", "flip"],
            "none" => [],
            _ => text.Split(','),
        };
        string? unknown = Array.Find(names, name => name is not ("crop" or "resized-crop" or "flip" or "jitter" or "randaugment" or "erase"));
        if (unknown is not null)
        {
            throw new EspalierException($"--augment is {Forms}; found '{unknown}'");
        }

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
        _ => null, // erasing comes after the floats are made
    };
}
