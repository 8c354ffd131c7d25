using Espalier.Onnx.Proto;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Reads ONNX files of convolutional classifiers: operator sets 7 to 22, IR versions 3 to 10.</summary>
/// <remarks>
/// <para>Nothing in a file is executed. External data is read from the file's own folder only.</para>
/// <para>Weights of any floating-point type become 32-bit floats. The batch axis is free in the model, whatever the file fixes it at. Patterns such as a GELU of five nodes, a layer norm of nine, a channel
/// shuffle of three, or shape arithmetic around a flatten, become one op; layouts with channels last are undone.</para>
/// <para>What cannot be imported is reported at once: all such ops, how often and where, and what would work.</para>
/// </remarks>
public static class OnnxReader
{
    /// <summary>Reads a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Sizes of free axes, and limits; <see langword="null"/> for the defaults.</param>
    /// <exception cref="MalformedInputException">The file is no ONNX model, is damaged, exceeds the limits, or needs what this library does not have; the message lists all of that.</exception>
    /// <exception cref="EspalierException">The file or its external data cannot be opened or read.</exception>
    public static OnnxImport Read(string path, OnnxReadOptions? options = null)
    {
        OnnxReadOptions chosen = options ?? new OnnxReadOptions();
        return OnnxImporter.Import(OnnxFile.Open(path, chosen.Limits), chosen);
    }

    /// <summary>Reads a model from memory.</summary>
    internal static OnnxImport Read(ReadOnlyMemory<byte> bytes, string name, OnnxReadOptions? options = null, string? folder = null)
    {
        OnnxReadOptions chosen = options ?? new OnnxReadOptions();
        return OnnxImporter.Import(OnnxFile.Parse(bytes, name, folder, chosen.Limits), chosen);
    }

    /// <summary>Reads one of the constants of a file in memory.</summary>
    /// <exception cref="MalformedInputException">There is no constant of that name, or the file is damaged.</exception>
    internal static Tensor ReadInitializer(ReadOnlyMemory<byte> bytes, string name, string initializer)
    {
        OnnxFile file = OnnxFile.Parse(bytes, name, null, Limits.Default);
        TensorProto tensor = file.Model.Graph.Initializer.FirstOrDefault(tensor => tensor.Name == initializer) ?? throw file.Malformed($"it has no constant '{initializer}'");
        return TensorData.Read(tensor, file);
    }

    /// <summary>Describes a file, also one that cannot be imported.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">Limits; <see langword="null"/> for the defaults.</param>
    /// <exception cref="MalformedInputException">The file is no ONNX model, is damaged or exceeds the limits.</exception>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
    public static OnnxDescription Describe(string path, Limits? limits = null)
    {
        OnnxFile file = OnnxFile.Open(path, limits ?? Limits.Default);
        ModelProto model = file.Model;
        List<OnnxNode> nodes = FunctionInlining.Nodes(file);
        HashSet<string> initializers = [.. model.Graph.Initializer.Select(tensor => tensor.Name)];
        return new OnnxDescription(
            $"{model.ProducerName} {model.ProducerVersion}".Trim(),
            model.IrVersion,
            [.. model.OpsetImport.Select(set => KeyValuePair.Create(set.Domain.Length == 0 ? "ai.onnx" : set.Domain, set.Version))],
            [.. model.Graph.Input.Where(input => !initializers.Contains(input.Name)).Select(InputShapes.Describe)],
            [.. model.Graph.Output.Select(InputShapes.Describe)],
            [.. nodes.CountBy(node => node.FullOp).OrderByDescending(op => op.Value).ThenBy(op => op.Key, StringComparer.Ordinal)],
            [.. nodes.Where(node => node.Op != "Constant" && !OpTable.Knows(node)).Select(node => node.FullOp).Distinct().Order(StringComparer.Ordinal)],
            [.. model.MetadataProps.Select(entry => KeyValuePair.Create(entry.Key, entry.Value))]);
    }
}
