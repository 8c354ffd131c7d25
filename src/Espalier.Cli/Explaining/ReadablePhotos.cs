using Espalier.Data;
using Espalier.Imaging;

namespace Espalier.Cli;

/// <summary>Photos one after another, with a warning for each that cannot be read.</summary>
/// <param name="images">The files.</param>
/// <param name="terminal">The terminal, for the warnings.</param>
internal sealed class ReadablePhotos(ImageFileDataset images, Terminal terminal)
{
    /// <summary>The number of photos so far that could not be read.</summary>
    internal int Failures { get; private set; }

    /// <summary>The photos that can be read, with their names.</summary>
    /// <exception cref="EspalierException">None of them can; thrown at the end.</exception>
    internal IEnumerable<(string Name, Image Image)> Read()
    {
        for (int i = 0; i < images.Count; i++)
        {
            if (TryRead(i) is Image image)
            {
                yield return (images.NameOf(i), image);
            }
        }

        new DataNotes(terminal, images).Tell();
        if (Failures == images.Count)
        {
            throw new EspalierException(Failures == 1 ? "the image cannot be read" : $"none of the {Failures} images can be read");
        }
    }

    private Image? TryRead(int index)
    {
        try
        {
            var pixels = new PixelBuffer();
            images.Read(index, pixels);
            return pixels.ToImage();
        }
        catch (Exception error) when (error is EspalierException or IOException or UnauthorizedAccessException)
        {
            Failures++;
            terminal.Warn(new SampleFailure(0, images.NameOf(index), error.Message).ToString());
            return null;
        }
    }
}
