using ILGPU;

namespace Espalier.Accelerated;

/// <summary>Memory for the gradient of an input.</summary>
/// <param name="view">The memory; empty where the gradient is not needed.</param>
/// <param name="adds">Whether the gradient is added to what is there, rather than stored.</param>
internal readonly struct GradientTarget(ArrayView<float> view, bool adds)
{
    internal readonly ArrayView<float> View = view;
    internal readonly int Adds = adds ? 1 : 0;

    /// <summary>Whether anything reads the gradient.</summary>
    internal bool IsNeeded => View.Length > 0;

    /// <summary>Stores or adds an element.</summary>
    internal void Store(int index, float value) => View[index] = Adds != 0 ? View[index] + value : value;
}
