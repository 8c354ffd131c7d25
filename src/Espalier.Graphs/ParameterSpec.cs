using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A parameter that an op asks for.</summary>
/// <param name="Role">The last part of its name: <c>weight</c>, <c>bias</c>, <c>running_mean</c> ….</param>
/// <param name="Shape">Its shape, in PyTorch's order.</param>
/// <param name="IsBuffer">Whether it is a statistic that no optimizer touches (PyTorch's word is buffer).</param>
/// <param name="IsCounter">Whether it is a 64-bit integer that inference ignores and old checkpoints lack: <c>num_batches_tracked</c>.</param>
public sealed record ParameterSpec(string Role, Shape Shape, bool IsBuffer = false, bool IsCounter = false)
{
    /// <summary><c>weight of 64x3x7x7</c>.</summary>
    public override string ToString() => $"{Role} of {Shape}";

    /// <summary>
    /// A parameter with one number for each of <paramref name="extents"/>. Extents below 0 count as 0: an op with impossible
    /// attributes still has parameters that can be named, and <see cref="Op.Infer"/> says what is wrong with it.
    /// </summary>
    internal static ParameterSpec Of(string role, params ReadOnlySpan<int> extents)
    {
        int[] possible = extents.ToArray();
        for (int i = 0; i < possible.Length; i++)
        {
            possible[i] = Math.Max(0, possible[i]);
        }

        return new ParameterSpec(role, Shape.Of(possible));
    }
}
