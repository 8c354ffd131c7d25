using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Checks that a network's output is finite before it is used.</summary>
/// <remarks>
/// The check reads each element of the output once. Both infinities are errors, −∞ too, because a network with finite parameters gives it only by overflow.
/// A softmax accepts −∞ as probability 0, because callers use it to exclude classes.
/// </remarks>
internal static class FiniteOutput
{
    /// <summary>Throws if an output is not finite; the message names the first layer whose output is not.</summary>
    /// <param name="model">The network.</param>
    /// <param name="input">The network's input: float32, [batch, …sample].</param>
    /// <param name="output">The network's output: float32, [batch, …output].</param>
    /// <param name="network">The network's name in the message.</param>
    /// <exception cref="EspalierException">An element is NaN or infinite.</exception>
    public static void Require(Model model, Tensor input, Tensor output, string network = "the network")
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        int at = NonFinite.IndexOf(output.Read<float>());
        if (at >= 0)
        {
            int sample = (int)(at / output.Shape.WithoutFirst().Count);
            string origin = FirstNonFinite.Find(model, SampleOf(input, sample))?.ToString()
                ?? "without folding every value is finite, so it is the folded or fused weights that overflow";
            throw new EspalierException(FormattableString.Invariant($"the output of {network} is {output.Read<float>()[at]}: {origin}"));
        }
    }

    private static Tensor SampleOf(Tensor input, int sample)
    {
        Shape shape = input.Shape.WithoutFirst();
        int length = checked((int)shape.Count);
        return Tensor.From(shape.Prepend(1), input.Read<float>().Slice(sample * length, length));
    }
}
