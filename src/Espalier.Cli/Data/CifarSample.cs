using Espalier.Imaging;

namespace Espalier.Cli.Data;

/// <summary>An image of a CIFAR-10 file.</summary>
/// <param name="File">The file.</param>
/// <param name="Index">Its place there, from 0 on.</param>
internal sealed record CifarSample(CifarFile File, int Index) : Sample($"{File.Path}[{Index}]", File.ClassOf(Index))
{
    internal override Image Load() => File.ImageAt(Index);
}
