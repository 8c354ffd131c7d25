using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>One training step by a runtime and by the naive reference in double, side by side: the result, every gradient and every running statistic.</summary>
internal sealed class TrainingCheck
{
    internal const int Step = 3;

    private readonly float[] _result;
    private readonly ValueList<string> _outputs;
    private readonly ReferenceTraining<double> _reference;

    /// <param name="run">The runtime's training, which makes one step here.</param>
    /// <param name="options">What it was prepared with; the step is of its whole batch.</param>
    internal TrainingCheck(ITrainingRun run, TrainingRunOptions options)
    {
        Run = run;
        Graph graph = run.Model.Graph;
        // With another stream a value of random network 24 lies so near the kink of an activation that float and double take different sides.
        Tensor images = CounterFill.Stream("inputs", graph.ShapeOf(graph.Input.Name).Prepend(options.Batch), -1, 2);
        _outputs = options.OutputsOf(graph);
        float[] gradient = [.. _outputs.SelectMany((output, i) => CounterFill.Stream(i == 0 ? "gradient" : $"gradient of {output}", graph.ShapeOf(output).Prepend(options.Batch), -1, 2).Read<float>().ToArray())];
        _reference = new ReferenceTraining<double>(
            graph,
            ReferenceExecutor.ValuesOf<double>(run.Model.Parameters),
            new Dictionary<string, double[]> { [graph.Input.Name] = Doubles(images) },
            options.Batch,
            new TrainingDraws(options.Seed, Step),
            options.IsFrozen,
            _outputs);
        _reference.Backward(Array.ConvertAll(gradient, value => (double)value));
        _result = run.Forward(images, Step).ToArray();
        run.Backward(gradient);
    }

    /// <summary>The runtime's training after the step.</summary>
    internal ITrainingRun Run { get; }

    /// <summary>What differs, each relative to its greatest number, or <see langword="null"/>.</summary>
    internal string? Failure(double tolerance, string what)
    {
        // A bias before a norm has a gradient of zero: what is left of the terms that cancel is compared with the other gradients.
        double greatest = _reference.ParameterGradients.Values.SelectMany(values => values).Select(Math.Abs).DefaultIfEmpty().Max();
        IEnumerable<string?> failures =
        [
            Difference([.. _outputs.SelectMany(output => _reference.Results[output])], _result, 0, tolerance, $"{what}: the result in training"),
            .. Run.Parameters.Where(parameter => parameter.Trainable).Select(parameter => _reference.ParameterGradients.TryGetValue(parameter.Name, out double[]? expected) != parameter.HasGradient
                ? $"{what}: whether {parameter.Name} has a gradient"
                : expected is null ? null : Difference(expected, parameter.Gradient.Span, greatest / 20, tolerance, $"{what}: the gradient of {parameter.Name}")),
            .. Run.Buffers.Select(buffer => Difference(
                _reference.Buffers.TryGetValue(buffer.Key, out double[]? changed) ? changed : Doubles(Run.Model.Parameters[buffer.Key].Value),
                buffer.Value.To(ElementType.Float32).Read<float>(),
                0,
                tolerance,
                $"{what}: {buffer.Key} after a step")),
        ];
        return failures.FirstOrDefault(failure => failure is not null);
    }

    /// <summary>Fails where something differs.</summary>
    internal void AssertClose(double tolerance, string what)
    {
        string? failure = Failure(tolerance, what);
        Assert.True(failure is null, failure);
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
