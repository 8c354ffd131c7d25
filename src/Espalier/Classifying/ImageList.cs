using Espalier.Data;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Images in memory as a data set without labels.</summary>
internal sealed class ImageList(IReadOnlyList<Image> images) : IDataset
{
    public int Count => images.Count;

    public IReadOnlyList<string> Labels => [];

    public Shape? SampleShape => null;

    public int LabelOf(int index) => -1;

    public string NameOf(int index) => $"image {index}";

    public void Read(int index, PixelBuffer pixels) => pixels.Set(images[index]);
}
