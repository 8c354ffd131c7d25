using Espalier.Imaging;

namespace Espalier.Cli.Data;

/// <summary>An image in a file of its own.</summary>
internal sealed record ImageFileSample(string Path, int? Class = null) : Sample(Path, Class)
{
    internal override Image Load() => ImageDecoder.Decode(Path);
}
