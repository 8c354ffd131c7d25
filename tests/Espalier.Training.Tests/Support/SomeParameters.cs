using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Training.Tests.Support;

/// <summary>Parameters to optimize without a network around them.</summary>
internal static class SomeParameters
{
    internal static TrainingParameter Create(string stream, Shape shape, TrainingParameterKind kind = TrainingParameterKind.Weight, Tensor? mask = null, bool trainable = true)
    {
        var parameter = new TrainingParameter(stream, kind, shape, mask, trainable);
        CounterFill.Stream(stream, shape, -1, 2).Read<float>().CopyTo(parameter.Value.Span);
        return parameter;
    }

    internal static void SetGradient(this TrainingParameter parameter, string stream)
    {
        CounterFill.Stream(stream, parameter.Shape, -1, 2).Read<float>().CopyTo(parameter.Gradient.Span);
        parameter.HasGradient = true;
    }

    internal static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double relative, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double allowed = relative * Math.Max(1e-3, Math.Abs(expected[i]));
            Assert.True(Math.Abs(expected[i] - actual[i]) <= allowed, $"{what}, number {i}: expected {expected[i]}, found {actual[i]}");
        }
    }
}
