using Espalier.Graphs;

namespace Espalier.Onnx;

/// <summary>A model read from an ONNX file.</summary>
/// <param name="Model">The model: it trains, is pruned and folded like any other.</param>
/// <param name="Notes">What a user should know: what was assumed, and what the file has that the model has not. One sentence each.</param>
public sealed record OnnxImport(Model Model, IReadOnlyList<string> Notes);
