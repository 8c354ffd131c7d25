using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Training.Tests.Plans;

/// <summary>One training step by the plan and by the naive reference in double, side by side.</summary>
internal sealed class TrainingCheck
{
    internal const int Step = 3;

    internal TrainingCheck(Model model, int batch, TrainingPlanOptions options, int threads = 2)
    {
        Model = model;
        Images = CounterFill.Stream("images", model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(batch), -1, 2);
        Tensor gradient = CounterFill.Stream("gradient", model.Graph.ShapeOf(model.Graph.Outputs[0]).Prepend(batch), -1, 2);
        using var pool = new WorkerPool(threads);
        Plan = TrainingPlan.Build(model, options with { Batch = batch }, pool);
        Result = Plan.Forward(Images, Step).ToArray();
        Plan.Backward(gradient.Read<float>());
        Reference = new ReferenceTraining<double>(
            model.Graph, ReferenceExecutor.ValuesOf<double>(model.Parameters), new Dictionary<string, double[]> { [model.Graph.Input.Name] = Doubles(Images) },
            batch, new TrainingDraws(options.Seed, Step), node => options.Frozen.Any(scope => ScopeName.Contains(scope, node.Name)));
        Reference.Backward(Doubles(gradient));
    }

    internal Model Model { get; }

    internal Tensor Images { get; }

    internal TrainingPlan Plan { get; }

    internal float[] Result { get; }

    internal ReferenceTraining<double> Reference { get; }

    /// <summary>Compares the result, every gradient and every running statistic, each relative to its greatest number.</summary>
    internal void AssertClose(double tolerance, string what)
    {
        AssertClose(Reference.Results[Model.Graph.Outputs[0]], Result, tolerance, 0, $"the result of {what}");

        // A bias before a norm has a gradient of zero: what is left of the terms that cancel is compared with the other gradients.
        double greatest = Reference.ParameterGradients.Values.SelectMany(gradient => gradient).Select(Math.Abs).DefaultIfEmpty().Max();
        foreach (TrainingParameter parameter in Plan.Parameters.Where(parameter => parameter.Trainable))
        {
            Assert.True(parameter.HasGradient == Reference.ParameterGradients.ContainsKey(parameter.Name), $"{parameter.Name} of {what}: whether there is a gradient");
            if (parameter.HasGradient)
            {
                AssertClose(Reference.ParameterGradients[parameter.Name], parameter.Gradient.Span, tolerance, greatest / 20, $"{parameter.Name} of {what}");
            }
        }

        foreach ((string name, Tensor buffer) in Plan.Buffers)
        {
            double[] expected = Reference.Buffers.TryGetValue(name, out double[]? changed) ? changed : Doubles(Model.Parameters[name].Value);
            AssertClose(expected, buffer.To(ElementType.Float32).Read<float>(), tolerance, 0, $"{name} of {what}");
        }
    }

    private static void AssertClose(double[] expected, ReadOnlySpan<float> actual, double tolerance, double least, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double greatest = expected.Select(Math.Abs).Append(least).Max();
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * greatest, $"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}; the greatest is {greatest:R}");
        }
    }

    private static double[] Doubles(Tensor tensor) => tensor.To(ElementType.Float64).Read<double>().ToArray();
}
