using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Conformance.Tests;

/// <summary>Runs a case on a runtime and on the naive kernels in double, and says what differs.</summary>
internal static class Check
{
    // A thousand float roundings; what sums of some thousand products in float come to.
    private const double Tolerance = 1e-4;

    /// <summary>What gradients through whole networks may be off by: activations that are nearly 0 open in one runtime and not in the other.</summary>
    internal const double ThroughNetworks = 5e-4;

    /// <summary>What is wrong with the outputs, or <see langword="null"/>.</summary>
    internal static string? Inference(IRuntime runtime, Case each)
    {
        IReadOnlyList<Tensor> expected = ReferenceExecutor.RunOutputs(each.Model, each.Input);
        using IRunnable runnable = runtime.Prepare(each.Model, new RunOptions { Threads = 2 });
        IReadOnlyList<Tensor> actual = runnable.RunAll(each.Input);
        return expected.Count != actual.Count
            ? $"{each}: {actual.Count} outputs, expected {expected.Count}"
            : Enumerable.Range(0, expected.Count).Select(i => Difference(expected[i], actual[i], $"{each}: output {i}")).FirstOrDefault(failure => failure is not null);
    }

    /// <summary>What is wrong with a training step, or <see langword="null"/>: its result, gradients and running statistics.</summary>
    internal static string? Training(IRuntime runtime, Case each, double tolerance = Tolerance)
    {
        const int Step = 3;
        const ulong Seed = 5;
        Tensor images = CounterFill.Stream("images", each.Model.Graph.ShapeOf(each.Model.Graph.Input.Name).Prepend(each.Batch), -1, 2);
        Tensor gradient = CounterFill.Stream("gradient", each.Model.Graph.ShapeOf(each.Model.Graph.Outputs[0]).Prepend(each.Batch), -1, 2);
        var reference = new ReferenceTraining<double>(
            each.Model.Graph,
            ReferenceExecutor.ValuesOf<double>(each.Model.Parameters),
            new Dictionary<string, double[]> { [each.Model.Graph.Input.Name] = Doubles(images) },
            each.Batch,
            new TrainingDraws(Seed, Step));
        reference.Backward(Doubles(gradient));

        using ITrainingRun run = runtime.PrepareTraining(each.Model, new TrainingRunOptions { Batch = each.Batch, Seed = Seed });
        float[] result = run.Forward(images, Step).ToArray();
        run.Backward(gradient.Read<float>());

        double greatest = reference.ParameterGradients.Values.SelectMany(values => values).Select(Math.Abs).DefaultIfEmpty().Max();
        IEnumerable<string?> failures =
        [
            Difference(reference.Results[each.Model.Graph.Outputs[0]], result, 0, tolerance, $"{each}: the result in training"),
            .. run.Parameters.Where(parameter => parameter.Trainable).Select(parameter => reference.ParameterGradients.TryGetValue(parameter.Name, out double[]? expected) != parameter.HasGradient
                ? $"{each}: whether {parameter.Name} has a gradient"
                : expected is null ? null : Difference(expected, parameter.Gradient.Span, greatest / 20, tolerance, $"{each}: the gradient of {parameter.Name}")),
            .. run.Buffers.Select(buffer => Difference(
                reference.Buffers.TryGetValue(buffer.Key, out double[]? changed) ? changed : Doubles(each.Model.Parameters[buffer.Key].Value),
                buffer.Value.To(ElementType.Float32).Read<float>(),
                0,
                tolerance,
                $"{each}: {buffer.Key} after a step")),
        ];
        return failures.FirstOrDefault(failure => failure is not null);
    }

    private static string? Difference(Tensor expected, Tensor actual, string what)
    {
        if (expected.Shape != actual.Shape)
        {
            return $"{what} is {actual.Shape}, expected {expected.Shape}";
        }

        double difference = Testing.Difference.Relative(expected, actual);
        return difference <= Tolerance ? null : $"{what} is off by {difference:E2} of its greatest number";
    }

    private static string? Difference(double[] expected, ReadOnlySpan<float> actual, double least, double tolerance, string what)
    {
        if (expected.Length != actual.Length)
        {
            return $"{what} has {actual.Length} numbers, expected {expected.Length}";
        }

        double greatest = expected.Select(Math.Abs).Append(least).Max();
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= tolerance * greatest))
            {
                return $"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}; the greatest is {greatest:R}";
            }
        }

        return null;
    }

    private static double[] Doubles(Tensor tensor) => tensor.To(ElementType.Float64).Read<double>().ToArray();
}
