using Espalier.Data;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Images in memory as a data set without labels.</summary>
internal sealed class ImageList(IReadOnlyList<Image> images) : IDataset
{
    /// <summary>A list of images.</summary>
    /// <exception cref="ArgumentException">It, or one of them, is <see langword="null"/>.</exception>
    internal static ImageList Of(IReadOnlyList<Image> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        for (int i = 0; i < images.Count; i++)
        {
            if (images[i] is null)
            {
                throw new ArgumentException($"The image at {i} is null.", nameof(images));
            }
        }

        return new ImageList(images);
    }

    public int Count => images.Count;

    public IReadOnlyList<string> Labels => [];

    public Shape? SampleShape => null;

    public int LabelOf(int index) => -1;

    public string NameOf(int index) => $"image {index}";

    public void Read(int index, PixelBuffer pixels) => pixels.Set(images[index]);
}
