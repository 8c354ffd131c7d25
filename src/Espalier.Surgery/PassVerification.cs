using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Holds a pass to its <see cref="Promise"/> by running the model before and after it.</summary>
public static class PassVerification
{
    /// <summary>The greatest difference of the outputs, relative to the greatest output before.</summary>
    /// <param name="before">The model before the pass.</param>
    /// <param name="after">The model after it.</param>
    /// <param name="input">A batch of samples.</param>
    /// <param name="runtime">What runs both.</param>
    public static double RelativeDifference(Model before, Model after, Tensor input, IRuntime runtime)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        return Difference(before, after, input, runtime).Relative;
    }

    /// <summary>How far the outputs are apart.</summary>
    /// <param name="before">The model before the pass.</param>
    /// <param name="after">The model after it.</param>
    /// <param name="input">A batch of samples.</param>
    /// <param name="runtime">What runs both.</param>
    public static OutputDifference Difference(Model before, Model after, Tensor input, IRuntime runtime)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        Tensor expected = runtime.Run(before, input);
        Tensor actual = runtime.Run(after, input);
        if (expected.Shape != actual.Shape)
        {
            throw new GraphException("graph", $"a pass changed the output from {expected.Shape} to {actual.Shape}");
        }

        return OutputDifference.Between(expected.Read<float>(), actual.Read<float>());
    }

    /// <summary>Throws unless the pass kept its promise on <paramref name="input"/>; a lossy pass promises nothing.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="before">The model before it.</param>
    /// <param name="after">The model after it.</param>
    /// <param name="input">A batch of samples.</param>
    /// <param name="runtime">What runs both.</param>
    /// <param name="tolerance">What counts as rounding: a thousand float roundings (2⁻²⁴ each) unless given.</param>
    /// <exception cref="EspalierException">It did not.</exception>
    public static void Require(Pass pass, Model before, Model after, Tensor input, IRuntime runtime, double tolerance = 6e-5)
    {
        ArgumentNullException.ThrowIfNull(pass);
        if (pass.Promise == Promise.Lossy)
        {
            return;
        }

        double difference = RelativeDifference(before, after, input, runtime);
        double allowed = pass.Promise == Promise.Exact ? 0 : tolerance;
        if (!(difference <= allowed))
        {
            throw new EspalierException($"The pass '{pass.Name}' promises {pass.Promise} but changed the output by {difference:E2} of its greatest value; {allowed:E2} is allowed.");
        }
    }
}
