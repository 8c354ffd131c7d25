using System.Collections.Immutable;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Where the classes of a data set, or of another network, are among the outputs of a network.</summary>
/// <param name="Outputs">The network's outputs, with the labels that they have from here on.</param>
/// <param name="Places">For each class, its output.</param>
/// <param name="Note">What was assumed or is worth knowing, for people; <see langword="null"/> where the names left nothing to say.</param>
public sealed record ClassMatch(OutputClasses Outputs, ImmutableArray<int> Places, string? Note)
{
    /// <summary>Whether class <c>i</c> is output <c>i</c> for all of them.</summary>
    public bool IsIdentity => Places.Length == Outputs.Count && Places.AsSpan().SequenceEqual(Enumerable.Range(0, Places.Length).ToArray());

    /// <summary>The outputs of these classes alone, in their order.</summary>
    /// <param name="logits">Float32, [images, outputs].</param>
    /// <returns>Float32, [images, classes]; the same tensor where nothing changes.</returns>
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
