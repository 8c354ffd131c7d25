using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>The images of a data set without their classes.</summary>
internal sealed class UnlabelledDataset(IDataset source) : IDataset
{
    /// <inheritdoc/>
    public int Count => source.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => [];

    /// <inheritdoc/>
    public Shape? SampleShape => source.SampleShape;

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes => source.Notes;

    /// <inheritdoc/>
    public ImageDecodingOptions? Decoding => source.Decoding;

    /// <inheritdoc/>
    public int LabelOf(int index) => -1;

    /// <inheritdoc/>
    public string NameOf(int index) => source.NameOf(index);

    /// <inheritdoc/>
    public void Read(int index, PixelBuffer pixels) => source.Read(index, pixels);
}
