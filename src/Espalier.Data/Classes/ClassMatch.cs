using System.Collections.Immutable;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>The mapping from the classes of a data set, or of another network, to the outputs of a network.</summary>
/// <param name="Outputs">The network's outputs, with their labels after matching.</param>
/// <param name="Places">For each class, the index of its output.</param>
/// <param name="Note">A message for users about assumptions made, or <see langword="null"/> where the names matched without any.</param>
public sealed record ClassMatch(OutputClasses Outputs, ImmutableArray<int> Places, string? Note)
{
    /// <summary>Whether class <c>i</c> is output <c>i</c> for all classes and outputs.</summary>
    public bool IsIdentity => Places.Length == Outputs.Count && Places.AsSpan().SequenceEqual(Enumerable.Range(0, Places.Length).ToArray());

    /// <summary>Selects the outputs of these classes, in the classes' order.</summary>
    /// <param name="logits">Logits as float32, [images, outputs].</param>
    /// <returns>Logits as float32, [images, classes]; the same tensor where nothing changes.</returns>
    public Tensor Pick(Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        if (IsIdentity)
        {
            return logits;
        }

        int images = logits.Shape[0];
        Tensor picked = Tensor.Zeros([images, Places.Length]);
        Span<float> to = picked.Write<float>();
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = logits.Read<float>()[(i / Places.Length * Outputs.Count) + Places[i % Places.Length]];
        }

        return picked;
    }
}
