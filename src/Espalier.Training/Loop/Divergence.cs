using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Detects values that are infinite or NaN, before they reach weights or files.</summary>
internal static class Divergence
{
    private const string Advice = "training diverged; a lower learning rate, a warm-up or gradient clipping may prevent it";

    /// <summary>Throws unless the loss of a step is finite.</summary>
    internal static void RequireFinite(double loss, long step)
    {
        if (!double.IsFinite(loss))
        {
            throw new EspalierException(string.Create(CultureInfo.InvariantCulture, $"the loss became {loss} at step {step + 1}: {Advice}"));
        }
    }

    /// <summary>Throws unless all values of trained parameters are finite.</summary>
    /// <param name="model">The newest model.</param>
    /// <param name="steps">The number of steps done.</param>
    internal static void RequireFinite(Model model, long steps)
    {
        foreach ((string name, Parameter parameter) in model.Parameters)
        {
            if (parameter.Trainable && parameter.Value.Type == ElementType.Float32 && NonFinite.IndexOf(parameter.Value.Read<float>()) >= 0)
            {
                throw new EspalierException(string.Create(CultureInfo.InvariantCulture, $"'{name}' is no longer finite after step {steps}: {Advice}"));
            }
        }
    }
}
