using System.CommandLine;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>How training images are varied.</summary>
internal sealed class AugmentOption
{
    private readonly Option<string> _augment = new("--augment")
    {
        Description = $"How training images are varied: {Augmentation.Forms}. auto is crop,flip for images of the network's own size and resized-crop,flip for photographs.",
        HelpName = "LIST",
        CompletionSources = { "auto", "none", "crop", "resized-crop", "flip", "jitter", "randaugment", "erase" },
        DefaultValueFactory = _ => "auto",
    };

    internal void AddTo(Command command) => command.Options.Add(_augment);

    /// <summary>What is asked for.</summary>
    internal Augmentation Read(ParseResult parsed)
    {
        string text = parsed.GetValue(_augment)!;
        return Augmentation.FindUnknown(text) is string unknown
            ? throw new EspalierException($"--augment is {Augmentation.Forms}; found '{unknown}'")
            : Augmentation.Parse(text);
    }
}
