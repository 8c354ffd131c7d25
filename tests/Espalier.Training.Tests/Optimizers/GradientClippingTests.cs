using System.Text.Json;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Optimizers;

public sealed class GradientClippingTests : IDisposable
{
    private readonly WorkerPool _pool = new(1);

    [Fact]
    public void By_norm_is_pytorchs()
    {
        foreach (JsonElement expected in TrainingFixture.Cases("clipping"))
        {
            TrainingParameter[] parameters = [SomeParameters.Create("a", [3, 5]), SomeParameters.Create("b", [4])];
            for (int i = 0; i < parameters.Length; i++)
            {
                parameters[i].SetGradient($"clipping/{i}");
            }

            double norm = new GradientClipper(parameters).ByNorm(expected.GetProperty("limit").GetDouble(), _pool);
            Assert.Equal(expected.GetProperty("norm").GetDouble(), norm, 1e-6 * norm);
            for (int i = 0; i < parameters.Length; i++)
            {
                double[] gradient = [.. expected.GetProperty("gradients")[i].EnumerateArray().Select(v => v.GetDouble())];
                SomeParameters.AssertClose(gradient, parameters[i].Gradient.Span, 1e-6, $"gradient {i}");
            }
        }
    }

    [Fact]
    public void By_value_clips_each_number_and_passes_over_parameters_without_gradient()
    {
        TrainingParameter with = SomeParameters.Create("a", [3]);
        TrainingParameter without = SomeParameters.Create("b", [1]);
        new float[] { -2, 0.5f, 3 }.CopyTo(with.Gradient);
        with.HasGradient = true;
        without.Gradient.Span[0] = 9;
        var clipping = new GradientClipper([with, without]);
        Assert.Equal(Math.Sqrt(4 + 0.25 + 9), clipping.Norm(_pool), 1e-12);
        clipping.ByValue(1, _pool);
        Assert.Equal([-1, 0.5f, 1], with.Gradient.ToArray());
        Assert.Equal([9], without.Gradient.ToArray());
    }

    public void Dispose() => _pool.Dispose();
}
