namespace Espalier.Cli;

/// <summary>The option --augment: the augmentation of training images.</summary>
internal sealed class AugmentOptions
{
    private readonly Option<string> _augment = new("--augment")
    {
        Description = $"The augmentation of training images: {Augmentation.Forms}. auto is crop,flip for images of the network's own size and resized-crop,flip for photographs.",
        HelpName = "LIST",
        CompletionSources = { "auto", "none", "crop", "resized-crop", "flip", "jitter", "randaugment", "erase" },
        DefaultValueFactory = _ => "auto",
    };

    internal void AddTo(Command command) => command.Options.Add(_augment);

    /// <summary>The augmentation that the command line requests.</summary>
    internal Augmentation Read(ParseResult parsed)
    {
        string text = parsed.GetValue(_augment)!;
        return Augmentation.FindUnknown(text) is string unknown
            ? throw new EspalierException($"--augment is {Augmentation.Forms}; found '{unknown}'")
            : Augmentation.Parse(text);
    }
}
