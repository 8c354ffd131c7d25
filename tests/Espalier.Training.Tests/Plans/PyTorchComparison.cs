using System.Globalization;
using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Training.Tests.Plans;

/// <summary>Whole networks against PyTorch's backward() and five steps of its SGD (tests/oracle/make_training.py).</summary>
internal static class PyTorchComparison
{
    private const double GradientTolerance = 1e-3;

    private const double LossTolerance = 1e-4;
    private const float LearningRate = 2e-5f;
    private const float Momentum = 0.9f;

    private static readonly ILookup<string, string[]> Rows = Table.Rows(OracleFiles.Path("training/steps.tsv.gz")).ToLookup(row => row[0]);

    private static readonly string[][] Inputs = [.. Table.Rows(OracleFiles.Path("training/networks.tsv"))];

    /// <summary>The networks whose losses are followed, as in make_training.py.</summary>
    internal static string[] Followed { get; } = ["cifar_resnet20", "cifar_resnet20__option_b", "resnet18", "densenet121__tiny"];

    /// <summary>The networks' names.</summary>
    internal static IEnumerable<string> Networks => Inputs.Select(row => row[0]);

    /// <summary>Compares loss, gradients and running statistics.</summary>
    /// <param name="network">The network.</param>
    /// <param name="kernels">Convolution kernels to prefer, or <see langword="null"/> for those that cost chooses.</param>
    internal static void Gradients(string network, string? kernels)
    {
        using var pool = new WorkerPool(2);
        (TrainingPlan plan, Tensor images, int[] labels) = Plan(network, kernels, pool);
        (double loss, float[] gradient) = CrossEntropy.Of(plan.Forward(images, 0), labels);
        plan.Backward(gradient);

        double expectedLoss = Numbers(Rows[network].Single(row => row[1] == "losses"))[0];
        Assert.InRange(loss, expectedLoss * (1 - LossTolerance), expectedLoss * (1 + LossTolerance));
        Assert.Equal(plan.Parameters.Select(parameter => parameter.Name).Order(StringComparer.Ordinal), Rows[network].Where(row => row[1] == "gradient").Select(row => row[2]).Order(StringComparer.Ordinal));
        double least = 1e-3 * Rows[network].Where(row => row[1] == "gradient").Max(Greatest); // where all terms cancel, what is left is rounding
        foreach (TrainingParameter parameter in plan.Parameters)
        {
            Assert.True(parameter.HasGradient, $"{network}: {parameter.Name} has no gradient");
            Compare(Rows[network].Single(row => row[1] == "gradient" && row[2] == parameter.Name), parameter.Gradient.Span, GradientTolerance, least);
        }

        foreach (string[] row in Rows[network].Where(row => row[1] == "buffer"))
        {
            Compare(row, plan.Buffers[row[2]].To(ElementType.Float32).Read<float>(), GradientTolerance, 0);
        }
    }

    /// <summary>Compares the losses of a few steps of SGD.</summary>
    internal static void Steps(string network)
    {
        using var pool = new WorkerPool(2);
        (TrainingPlan plan, Tensor images, int[] labels) = Plan(network, null, pool);
        Dictionary<string, float[]> velocities = plan.Parameters.ToDictionary(parameter => parameter.Name, parameter => new float[parameter.Value.Length]);
        foreach (double expected in Numbers(Rows[network].Single(row => row[1] == "losses")))
        {
            plan.ZeroGradients();
            (double loss, float[] gradient) = CrossEntropy.Of(plan.Forward(images, 0), labels);
            plan.Backward(gradient);
            foreach (TrainingParameter parameter in plan.Parameters)
            {
                Descend(parameter, velocities[parameter.Name]);
            }

            plan.ParametersChanged();
            Assert.True(Math.Abs(loss - expected) <= LossTolerance * Math.Max(1, expected), $"{network}: the loss is {loss:R}, PyTorch's {expected:R}");
        }
    }

    private static (TrainingPlan Plan, Tensor Images, int[] Labels) Plan(string network, string? kernels, WorkerPool pool)
    {
        string[] input = Inputs.Single(row => row[0] == network);
        Shape shape = OracleNetworks.Shape(input[1]);
        NetworkDefinition definition = OracleNetworks.Create(network, shape.WithoutFirst());
        var model = new Model(definition.Graph, RandomGraphs.ParametersFor(definition.Graph), definition.Metadata);
        var plan = TrainingPlan.Build(model, new TrainingPlanOptions { Batch = shape[0], ConvolutionKernels = kernels }, pool);
        return (plan, CounterFill.Stream(input[2], shape, -1, 2), [.. Enumerable.Range(0, shape[0]).Select(i => ((7 * i) + 3) % plan.OutputShape[0])]);
    }

    private static void Descend(TrainingParameter parameter, float[] velocity)
    {
        for (int i = 0; i < velocity.Length; i++)
        {
            velocity[i] = (Momentum * velocity[i]) + parameter.Gradient.Span[i];
            parameter.Value.Span[i] -= LearningRate * velocity[i];
        }
    }

    private static void Compare(string[] row, ReadOnlySpan<float> actual, double tolerance, double least)
    {
        (double norm, double greatest) = (double.Parse(row[3], CultureInfo.InvariantCulture), Math.Max(Greatest(row), least));
        double squares = 0;
        foreach (float value in actual)
        {
            squares += (double)value * value;
        }

        Assert.True(
            Math.Abs(Math.Sqrt(squares) - norm) <= tolerance * Math.Max(norm, least * Math.Sqrt(actual.Length)), $"{row[0]}: {row[1]} {row[2]} has norm {Math.Sqrt(squares):R}, PyTorch's {norm:R}");
        double[] numbers = Numbers(row);
        int stride = Math.Max(1, actual.Length / 8);
        for (int i = 0; i < numbers.Length; i++)
        {
            float value = actual[i * stride];
            Assert.True(Math.Abs(value - numbers[i]) <= tolerance * greatest, $"{row[0]}: {row[1]} {row[2]}[{i * stride}] is {value:R}, PyTorch's {numbers[i]:R}, the greatest {greatest:R}");
        }
    }

    private static double Greatest(string[] row) => double.Parse(row[4], CultureInfo.InvariantCulture);

    private static double[] Numbers(string[] row) => [.. row[5].Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
}
