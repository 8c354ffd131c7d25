using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>A data set of images with known classes, indexed from 0. Implementations must be safe to read from several threads.</summary>
public interface IDataset
{
    /// <summary>Number of samples.</summary>
    int Count { get; }

    /// <summary>The names of the classes, in order; empty where the classes are unknown.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>Channels x height x width if all images have the same size, with 1 channel for gray images; otherwise <see langword="null"/>.</summary>
    Shape? SampleShape { get; }

    /// <summary>Messages for users about the data's files: those that were left out, and faults of those read so far that did not keep them from being read. Each is one line with a number and the first example.</summary>
    IReadOnlyList<string> Notes => [];

    /// <summary>How the image files are decoded, or <see langword="null"/> where samples are no image files. A training run is resumed with the same.</summary>
    ImageDecodingOptions? Decoding => null;

    /// <summary>The class of a sample, or −1 where it is unknown.</summary>
    int LabelOf(int index);

    /// <summary>The name of a sample in messages, such as its file and the index in it. Does not read the sample.</summary>
    string NameOf(int index);

    /// <summary>Reads a sample's image; gray images get three equal channels.</summary>
    /// <exception cref="EspalierException">The file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    void Read(int index, PixelBuffer pixels);
}
