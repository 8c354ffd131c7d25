using Espalier.Tensors;

namespace Espalier.Data.Tests;

/// <summary>Black pixels of given classes.</summary>
internal sealed class NamedDataset(IReadOnlyList<string> labels, params int[] classes) : IDataset
{
    public int Count => classes.Length;

    public IReadOnlyList<string> Labels => labels;

    public Shape? SampleShape { get; } = [3, 1, 1];

    public int LabelOf(int index) => classes[index];

    public string NameOf(int index) => $"pixel {index}";

    public void Read(int index, PixelBuffer pixels) => pixels.Reset(1, 1).Clear();
}
