using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Sets the running statistics of batch norms to the statistics of data and adapts weight and bias so that the output at inference does not change. Training then starts from the same function.</summary>
/// <remarks>For data with mean m and variance v and a norm that computes s·x + t: γ = s·√(v + ε), β = t + s·m, running mean m, running variance v (unbiased, as in PyTorch).</remarks>
public static class NormCalibration
{
    /// <summary>Returns the model with calibrated norms and a lineage entry <c>calibrate</c>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">A batch of typical samples: float32, [batch, …sample].</param>
    /// <param name="runtime">The runtime that runs the model.</param>
    /// <param name="selects">Selects the norms to calibrate; <see langword="null"/> for all. Norms without weight and bias keep their statistics, because they could not keep their function.</param>
    /// <exception cref="EspalierException">A norm has a single value per channel; see <see cref="BatchStatistics"/>.</exception>
    public static Model Apply(Model model, Tensor input, IRuntime runtime, Func<Node, bool>? selects = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(runtime);
        Node[] norms = [.. model.Graph.Nodes.Where(node => node.Op is BatchNorm { Affine: true, RunningStatistics: true } && (selects is null || selects(node)))];
        string[] read = [.. norms.Select(norm => norm.Inputs[0]).Distinct()];
        string[] outputs = [.. model.Graph.Outputs.Union(read)];
        IReadOnlyList<Tensor> values = runtime.RunAll(new Model(new Graph(model.Graph.Nodes, ValueList.From(outputs)), model.Parameters, model.Metadata), input);
        Dictionary<string, Tensor> byName = outputs.Zip(values).ToDictionary(StringComparer.Ordinal);
        Model calibrated = model.With(norms.Aggregate(model.Parameters, (parameters, norm) => parameters.With(Calibrated(model, norm, byName[norm.Inputs[0]]))));
        return calibrated.Record(new LineageEntry("calibrate", [new("samples", input.Shape[0].ToString(CultureInfo.InvariantCulture)), new("norms", norms.Length.ToString(CultureInfo.InvariantCulture))], []));
    }

    private static IEnumerable<KeyValuePair<string, Parameter>> Calibrated(Model model, Node norm, Tensor values)
    {
        BatchStatistics.Require(norm, values.Shape.WithoutFirst(), values.Shape[0], values.Shape[0]);
        ChannelAffine affine = ChannelAffine.OfBatchNorm(model, norm);
        (double[] mean, double[] variance) = Moments(values, affine.Channels);
        double epsilon = ((BatchNorm)norm.Op).Epsilon;
        yield return Set("weight", [.. affine.Scale.Select((scale, c) => scale * Math.Sqrt((float)variance[c] + epsilon))]);
        yield return Set("bias", [.. affine.Shift.Select((shift, c) => shift + (affine.Scale[c] * (float)mean[c]))]);
        yield return Set("running_mean", mean);
        yield return Set("running_var", variance);

        KeyValuePair<string, Parameter> Set(string role, double[] numbers)
        {
            string name = norm.Parameter(role);
            return KeyValuePair.Create(name, model.Parameters[name] with { Value = Tensor.From<double>([numbers.Length], numbers).To(ElementType.Float32) });
        }
    }

    /// <summary>Mean and unbiased variance of each channel over all samples and pixels.</summary>
    private static (double[] Mean, double[] Variance) Moments(Tensor values, int channels)
    {
        int pixels = checked((int)(values.Shape.Count / values.Shape[0] / channels));
        long count = (long)values.Shape[0] * pixels;
        (double[] sum, double[] squares) = (new double[channels], new double[channels]);
        ReadOnlySpan<float> numbers = values.Read<float>();
        for (int i = 0; i < numbers.Length; i++)
        {
            sum[i / pixels % channels] += numbers[i];
        }

        double[] mean = [.. sum.Select(total => total / count)];
        for (int i = 0; i < numbers.Length; i++)
        {
            double apart = numbers[i] - mean[i / pixels % channels];
            squares[i / pixels % channels] += apart * apart;
        }

        return (mean, [.. squares.Select(total => total / (count - 1))]);
    }
}
