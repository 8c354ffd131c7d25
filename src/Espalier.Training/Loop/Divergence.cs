using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Ends trainings whose numbers have left all bounds, before they get into weights or files.</summary>
internal static class Divergence
{
    private const string Advice = "training diverged; a lower learning rate, a warm-up or gradient clipping may keep it from that";

    /// <summary>Throws unless a step's loss is a number.</summary>
    internal static void RequireFinite(double loss, long step)
    {
        if (!double.IsFinite(loss))
        {
            throw new EspalierException(string.Create(CultureInfo.InvariantCulture, $"the loss became {loss} at step {step + 1}: {Advice}"));
        }
    }

    /// <summary>Throws unless all that is trained is numbers.</summary>
    /// <param name="model">The newest.</param>
    /// <param name="steps">After how many steps it is so.</param>
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
