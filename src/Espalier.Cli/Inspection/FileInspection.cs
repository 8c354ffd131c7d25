using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>The kinds of files that are told apart.</summary>
internal enum FileKind
{
    /// <summary>None that is known.</summary>
    Unknown,

    /// <summary>PyTorch's zip archive.</summary>
    TorchZip,

    /// <summary>PyTorch's stream of pickles.</summary>
    TorchLegacyStream,

    /// <summary>PyTorch 0.1's tar archive.</summary>
    TorchLegacyTar,

    /// <summary>A safetensors file of weights alone.</summary>
    Safetensors,

    /// <summary>A model file: network, weights, labels, preprocessing, lineage.</summary>
    Model,

    /// <summary>A model file with the state of a training.</summary>
    TrainingCheckpoint,

    /// <summary>The network of weights that fit none of the zoo.</summary>
    ShapeList,

    /// <summary>Lines of text: names of classes, if it is meant to be that.</summary>
    Labels,

    /// <summary>The share that each layer or group is to lose.</summary>
    Amounts,

    /// <summary>A JPEG or PNG picture.</summary>
    Image,

    /// <summary>CIFAR-10 or CIFAR-100 in binary form.</summary>
    Cifar,

    /// <summary>An array in MNIST's form, packed with gzip or not.</summary>
    Idx,

    /// <summary>An array of NumPy.</summary>
    Npy,

    /// <summary>A network in ONNX's form.</summary>
    Onnx,
}

/// <summary>What a file is.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Kind">Its kind, by its content.</param>
/// <param name="Description">The same for people, with what is particular to the file.</param>
internal sealed record FileInspection(string Path, long Bytes, FileKind Kind, string Description)
{
    /// <summary>What else it says of itself, name by name, in order.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];

    /// <summary>Its tensors, in order.</summary>
    internal IReadOnlyList<InspectedTensor> Tensors { get; init; } = [];

    /// <summary>The network that its tensors are of, or the nearest one of the zoo; <see langword="null"/> where none is near, or there are no tensors.</summary>
    internal NetworkMatch? Network { get; init; }
}

/// <summary>A tensor of a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Type">What its elements are.</param>
/// <param name="Zeros">How many of them are zero, or <see langword="null"/> where they are no floating-point numbers.</param>
internal sealed record InspectedTensor(string Name, Shape Shape, ElementType Type, long? Zeros)
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
