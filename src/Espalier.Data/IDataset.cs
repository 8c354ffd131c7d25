using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Pictures with known classes, numbered from 0 on. Safe to read from several threads.</summary>
public interface IDataset
{
    /// <summary>How many samples there are.</summary>
    int Count { get; }

    /// <summary>The classes' names, in order; empty where the pictures' classes are not known.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>Channels x height x width where all pictures have the same, with 1 channel where they are gray; otherwise <see langword="null"/>.</summary>
    Shape? SampleShape { get; }

    /// <summary>The class of a sample, or −1 where it is not known.</summary>
    int LabelOf(int index);

    /// <summary>What messages call a sample: its file, and the place in it. Does not read it.</summary>
    string NameOf(int index);

    /// <summary>Reads a sample's picture; gray ones get three equal channels.</summary>
    /// <exception cref="EspalierException">The file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    void Read(int index, PixelBuffer pixels);
}
