using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests.Pruning;

/// <summary>Inference runs a masked network as the reference runs one of explicit zeros: 100 random ones for each unit, and 500 where <c>ESPALIER_LONG</c> is set.</summary>
public sealed class MaskedNetworkTests
{
    private const double Tolerance = 1e-5;

    private static readonly ulong s_seeds = Environment.GetEnvironmentVariable("ESPALIER_LONG") is null ? 100UL : 500;
    private static readonly RandomGraphOptions s_small = new() { SmallestInput = 4, LargestInput = 8, Blocks = 4, Channels = 16, ManyOutputs = true };

    [Theory]
    [InlineData("element")]
    [InlineData("4x1")]
    [InlineData("1x4")]
    [InlineData("2:4")]
    [InlineData("dim0")]
    [InlineData("dim1")]
    public void A_masked_network_runs_as_one_with_zeros(string pattern)
    {
        ulong pruned = 0;
        for (ulong seed = 1; seed <= s_seeds; seed++)
        {
            Model model = RandomGraphs.CreateModel(seed, s_small);
            PruningResult report = Prune(model, pattern, seed);
            pruned += report.RemovedWeights > 0 ? 1UL : 0;
            double difference = Compare(WithZeros(report.Model), report.Model);
            Assert.True(difference <= Tolerance, $"seed {seed}, {pattern}: {difference:E2}\n{model.Graph}");
        }

        Assert.InRange(pruned, s_seeds * 9 / 10, s_seeds); // it is no test of masks if little goes
    }

    /// <summary>Sometimes most of the weights, so that sparse kernels are worth their while, and sometimes some.</summary>
    private static PruningResult Prune(Model model, string pattern, ulong seed) => model.Prune(new WeightPruning
    {
        Criterion = PruningCriteria.Random,
        Target = pattern == "2:4" ? null : PruningTarget.Fraction(seed % 2 == 0 ? 0.9 : 0.5),
        Pattern = WeightPattern.Find(pattern)!.Value,
        Seed = seed,
        IncludesStem = true,
        IncludesDepthwise = true,
        IncludesClassifier = true,
    });

    /// <summary>The model without masks, and zeros where they have them.</summary>
    private static Model WithZeros(Model masked) => masked.With(masked.Parameters.With(masked.Parameters.Where(parameter => parameter.Value.Mask is not null).Select(parameter =>
    {
        float[] values = parameter.Value.Value.Read<float>().ToArray();
        ReadOnlySpan<float> mask = parameter.Value.Mask!.Read<float>();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = mask[i] == 0 ? 0 : values[i];
        }

        return KeyValuePair.Create(parameter.Key, new Parameter(Tensor.From<float>(parameter.Value.Value.Shape, values)));
    })));

    private static double Compare(Model zeros, Model masked)
    {
        Tensor input = CounterFill.Input(masked.Graph.ShapeOf(masked.Graph.Input.Name).Prepend(2));
        using var predictor = new Predictor(masked, new PredictorOptions { Threads = 1 });
        return ReferenceExecutor.RunOutputs(zeros, input).Zip(predictor.RunAll(input), Difference.Relative).Max();
    }
}
