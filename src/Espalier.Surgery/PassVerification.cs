using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Checks the <see cref="Promise"/> of a pass by running the model before and after the pass.</summary>
public static class PassVerification
{
    /// <summary>The greatest absolute difference of the outputs, divided by the greatest absolute output of the model before the pass.</summary>
    /// <param name="before">The model before the pass.</param>
    /// <param name="after">The model after the pass.</param>
    /// <param name="input">A batch of samples.</param>
    /// <param name="runtime">The runtime that runs both models.</param>
    public static double RelativeDifference(Model before, Model after, Tensor input, IRuntime runtime)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        return Difference(before, after, input, runtime).Relative;
    }

    /// <summary>Compares the outputs of two models.</summary>
    /// <param name="before">The model before the pass.</param>
    /// <param name="after">The model after the pass.</param>
    /// <param name="input">A batch of samples.</param>
    /// <param name="runtime">The runtime that runs both models.</param>
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

    /// <summary>Throws unless the outputs for <paramref name="input"/> are as equal as the pass promises. A lossy pass always succeeds.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="before">The model before the pass.</param>
    /// <param name="after">The model after the pass.</param>
    /// <param name="input">A batch of samples.</param>
    /// <param name="runtime">The runtime that runs both models.</param>
    /// <param name="tolerance">The greatest relative difference that counts as rounding; by default about a thousand float32 roundings of 2⁻²⁴ each.</param>
    /// <exception cref="EspalierException">The outputs differ by more than the pass promises.</exception>
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
