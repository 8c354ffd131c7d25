using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>Folded equals unfolded on random linear networks: 1000 of them, and 5000 where <c>ESPALIER_LONG</c> is set.</summary>
public class RandomLinearGraphTests
{
    private const double Tolerance = 1e-5;

    private static readonly int s_count = Environment.GetEnvironmentVariable("ESPALIER_LONG") is null ? 1000 : 5000;

    [Fact]
    public void Folded_equals_unfolded_at_every_pixel()
    {
        int merges = 0;
        for (ulong seed = 1; seed <= (ulong)s_count; seed++)
        {
            Model model = RandomLinearGraph.Create(seed);
            foreach (LinearFolding fold in new[] { FoldingNet.Fold, FoldingNet.FoldAlways })
            {
                Model folded = Fold(model, fold, seed);
                merges += model.Graph.Nodes.Length - folded.Graph.Nodes.Length;
                if (!(Change(model, folded, model.Graph.ShapeOf("input")) <= Tolerance))
                {
                    Assert.Fail($"seed {seed} shrinks to\n{GraphShrinker.Shrink(model.Graph, graph => IsWrong(graph, fold))}");
                }
            }
        }

        Assert.InRange(merges, 2 * s_count, int.MaxValue); // it is no test of folding if little folds
    }

    [Fact]
    public void A_folded_network_takes_the_same_other_sizes()
    {
        for (ulong seed = 1; seed <= (ulong)s_count / 4; seed++)
        {
            Model model = RandomLinearGraph.Create(seed);
            Model folded = Fold(model, FoldingNet.FoldAlways, seed);
            Shape given = model.Graph.ShapeOf("input");
            Shape other = [given[0], given[1] + 2, given[2] + 4]; // even: branches of stride 2 still meet
            double change = Change(model, folded, other);
            Assert.True(change <= Tolerance, $"seed {seed}: {change:E2}");
        }
    }

    [Fact]
    public void Folding_a_folded_network_changes_nothing()
    {
        for (ulong seed = 1; seed <= (ulong)s_count / 4; seed++)
        {
            Model folded = Fold(RandomLinearGraph.Create(seed), FoldingNet.Fold, seed);
            Assert.True(FoldingNet.Fold.Plan(folded).Patches.IsEmpty, $"seed {seed}");
        }
    }

    /// <summary>A graph that folding throws at is as wrong as one that it changes.</summary>
    private static bool IsWrong(Graph graph, LinearFolding fold)
    {
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        try
        {
            return !(Change(model, model.Apply(fold), graph.ShapeOf(graph.Input.Name)) <= Tolerance);
        }
        catch (EspalierException)
        {
            return true;
        }
    }

    private static Model Fold(Model model, LinearFolding fold, ulong seed)
    {
        try
        {
            return model.Apply(fold);
        }
        catch (EspalierException error)
        {
            throw new InvalidOperationException($"seed {seed}: {error.Message}\n{GraphShrinker.Shrink(model.Graph, graph => IsWrong(graph, fold))}", error);
        }
    }

    private static double Change(Model before, Model after, Shape shape)
    {
        Tensor input = CounterFill.Input(shape.Prepend(1));
        IReadOnlyList<Tensor> expected = ReferenceExecutor.RunOutputs(before, input);
        IReadOnlyList<Tensor> actual = ReferenceExecutor.RunOutputs(after, input);
        return expected.Zip(actual, Difference.Relative).Max();
    }
}
