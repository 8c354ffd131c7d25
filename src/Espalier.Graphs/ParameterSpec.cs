using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A parameter that an op asks for.</summary>
/// <param name="Role">The last part of its name: <c>weight</c>, <c>bias</c>, <c>running_mean</c> ….</param>
/// <param name="Shape">Its shape, in PyTorch's order.</param>
/// <param name="IsBuffer">Whether it is a statistic that no optimizer touches (PyTorch's word is buffer).</param>
/// <param name="IsCounter">Whether it is a 64-bit integer that inference ignores and old checkpoints lack: <c>num_batches_tracked</c>.</param>
public readonly record struct ParameterSpec(string Role, Shape Shape, bool IsBuffer = false, bool IsCounter = false);
