namespace Espalier.Onnx;

/// <summary>What an ONNX file holds, without its weights.</summary>
/// <param name="Producer">The program that wrote it, with its version; empty if it is not named.</param>
/// <param name="IrVersion">The version of the file format.</param>
/// <param name="Opsets">The version of each operator set; the standard one is named <c>ai.onnx</c>.</param>
/// <param name="Inputs">Each input with its type and shape, such as <c>input: Float N x 3 x 224 x 224</c>.</param>
/// <param name="Outputs">Each output in the same form.</param>
/// <param name="Ops">The number of nodes of each op, most frequent first; functions of the file itself are inlined.</param>
/// <param name="Unsupported">Names of ops that no import can take, a part of <paramref name="Ops"/>. An import may still refuse a use of another op.</param>
/// <param name="Metadata">The file's own metadata by key.</param>
public sealed record OnnxDescription(
    string Producer,
    long IrVersion,
    IReadOnlyList<KeyValuePair<string, long>> Opsets,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyList<KeyValuePair<string, int>> Ops,
    IReadOnlyList<string> Unsupported,
    IReadOnlyList<KeyValuePair<string, string>> Metadata);
