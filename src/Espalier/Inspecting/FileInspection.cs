using Espalier.Tensors;

namespace Espalier;

/// <summary>The kinds of files that <see cref="FileInspection"/> recognizes.</summary>
public enum FileKind
{
    /// <summary>A file of another kind.</summary>
    Unknown,

    /// <summary>A PyTorch checkpoint as a zip archive, the format since PyTorch 1.6.</summary>
    TorchZip,

    /// <summary>A PyTorch checkpoint as a stream of pickles, the format before PyTorch 1.6.</summary>
    TorchLegacyStream,

    /// <summary>A PyTorch checkpoint as a tar archive, the format of PyTorch 0.1.</summary>
    TorchLegacyTar,

    /// <summary>A safetensors file with tensors only.</summary>
    Safetensors,

    /// <summary>A model file with network, weights, labels, preprocessing and lineage.</summary>
    Model,

    /// <summary>A model file with the state of a training run.</summary>
    TrainingCheckpoint,

    /// <summary>A shape list: the network of a checkpoint that fits no architecture of the zoo.</summary>
    ShapeList,

    /// <summary>A text file, such as a list of class names.</summary>
    Labels,

    /// <summary>A list of pruning amounts per layer or group.</summary>
    Amounts,

    /// <summary>An image: JPEG, PNG, or WebP, BMP, GIF and TIFF, which need an optional decoder (<see cref="Imaging.ImageDecoder.Register"/>).</summary>
    Image,

    /// <summary>CIFAR-10 or CIFAR-100 in the binary format.</summary>
    Cifar,

    /// <summary>An array in MNIST's idx format, compressed with gzip or not.</summary>
    Idx,

    /// <summary>An array in NumPy's npy format.</summary>
    Npy,

    /// <summary>A network in the ONNX format.</summary>
    Onnx,
}

/// <summary>The kind and content of a file.</summary>
/// <param name="Path">The path of the file.</param>
/// <param name="Bytes">The size in bytes.</param>
/// <param name="Kind">The kind of the file, determined by its content.</param>
/// <param name="Description">A description of the file for users.</param>
public sealed record FileInspection(string Path, long Bytes, FileKind Kind, string Description)
{
    /// <summary>Determines the kind and content of a file, independently of its name. No code in the file is executed.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="limits">Limits on file and tensor sizes; <see langword="null"/> for the defaults.</param>
    /// <exception cref="MalformedInputException">The file has a known format but is damaged, or exceeds the limits.</exception>
    /// <exception cref="EspalierException">The path is a folder, or the file cannot be read.</exception>
    public static FileInspection Of(string path, Limits? limits = null) => FileInspector.Inspect(path, limits);

    /// <summary>Further properties of the file by name, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];

    /// <summary>The tensors of the file, in order.</summary>
    public IReadOnlyList<InspectedTensor> Tensors { get; init; } = [];

    /// <summary>The architecture of the zoo that the tensors belong to, or the most similar one; <see langword="null"/> if none is similar or there are no tensors.</summary>
    public NetworkMatch? Network { get; init; }
}

/// <summary>A tensor of a file.</summary>
/// <param name="Name">The name of the tensor.</param>
/// <param name="Shape">The shape of the tensor.</param>
/// <param name="Type">The element type.</param>
/// <param name="Zeros">The number of elements that are zero, or <see langword="null"/> for element types other than floating point.</param>
public sealed record InspectedTensor(string Name, Shape Shape, ElementType Type, long? Zeros)
{
    internal static InspectedTensor Of(string name, Tensor tensor) => new(name, tensor.Shape, tensor.Type, tensor.Type switch
    {
        ElementType.Float32 => ZerosOf(tensor),
        ElementType.Float64 or ElementType.Float16 or ElementType.BFloat16 => ZerosOf(tensor.To(ElementType.Float32)),
        _ => null,
    });

    private static long ZerosOf(Tensor tensor)
    {
        long zeros = 0;
        foreach (float number in tensor.Read<float>())
        {
            zeros += number == 0 ? 1 : 0;
        }

        return zeros;
    }
}
