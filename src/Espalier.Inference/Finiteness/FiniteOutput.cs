using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Holds a network's output to being finite before it is taken for an answer.</summary>
/// <remarks>
/// A finite output costs one look at each of its numbers. Both infinities are errors here, the negative one too: a network of finite numbers gives it by overflow only.
/// A softmax takes it as a probability of 0, because callers rule classes out that way.
/// </remarks>
public static class FiniteOutput
{
    /// <summary>Throws if an output is not finite, and says in which layer that begins.</summary>
    /// <param name="model">The network.</param>
    /// <param name="input">What it was run on: float32, [batch, …sample].</param>
    /// <param name="output">What it made of it: float32, [batch, …output].</param>
    /// <param name="network">What the message calls the network, where there are several.</param>
    /// <exception cref="EspalierException">A number is NaN or infinite.</exception>
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
                ?? "run layer by layer every value is finite, so what overflows are the products of weights that folding and fusion make";
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
