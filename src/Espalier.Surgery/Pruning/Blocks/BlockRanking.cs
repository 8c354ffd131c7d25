using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Ranks a network's residual blocks, the least important first.</summary>
public static class BlockRanking
{
    /// <summary>By a measure of the network without each block, one at a time: its loss or its error on data, of which less is better.</summary>
    /// <param name="model">The network.</param>
    /// <param name="measure">The loss or error of a model. It is asked once for each block.</param>
    /// <exception cref="GraphException">There are no residual blocks.</exception>
    public static IReadOnlyList<BlockScore> ByMeasure(Model model, Func<Model, double> measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        return Rank(model, unit => measure(model.Apply(new ResidualBlockRemoval([unit.Scope]) { MayEmptyStages = true })));
    }

    /// <summary>By how much the output on data changes without each block: √(Σ(y′ − y)²/Σy²).</summary>
    /// <param name="model">The network.</param>
    /// <param name="input">A batch of samples.</param>
    /// <param name="run">An executor.</param>
    /// <exception cref="GraphException">There are no residual blocks.</exception>
    public static IReadOnlyList<BlockScore> ByOutputChange(Model model, Tensor input, Func<Model, Tensor, Tensor> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        Tensor expected = run(model, input);
        double size = SumOfSquares(expected.Read<float>());
        return ByMeasure(model, without => Math.Sqrt(OutputDifference.Between(expected.Read<float>(), run(without, input).Read<float>()).Squared / size));
    }

    /// <summary>By the mean |γ| of the last batch norm on each block's branch: what scales the branch's result, or what is left of it (Liu 2017, "Network slimming", for channels).</summary>
    /// <exception cref="GraphException">There are no residual blocks, or a branch has no batch norm.</exception>
    public static IReadOnlyList<BlockScore> ByNormScale(Model model) => Rank(model, unit =>
    {
        string last = unit.BranchNodes.LastOrDefault(name => model.Graph[name].Op is BatchNorm)
            ?? throw new GraphException(unit.Scope, "its branch has no batch norm to rank it by; rank by output change");
        return MeanMagnitude(model.Value(model.Graph[last], "weight").Read<float>());
    });

    /// <summary>By the probability with which stochastic depth let each block survive; of equals the last goes first, since it was trained to be missed most.</summary>
    /// <exception cref="GraphException">There are no residual blocks, or one is no stochastic depth.</exception>
    public static IReadOnlyList<BlockScore> BySurvival(Model model)
    {
        IReadOnlyList<BlockScore> scores = Rank(model, unit => unit.Survival
            ?? throw new GraphException(unit.Scope, "is a plain sum, without a survival probability to rank it by; rank by output change or by norm scale"));
        return [.. scores.Reverse().OrderBy(score => score.Score)];
    }

    private static List<BlockScore> Rank(Model model, Func<ResidualUnit, double> score)
    {
        ArgumentNullException.ThrowIfNull(model);
        return [.. ResidualUnits.Find(model.Graph).Matching([]).Select(unit => new BlockScore(unit, score(unit)))
            .OrderBy(each => double.IsNaN(each.Score) ? double.PositiveInfinity : each.Score)]; // a network that breaks without a block needs it
    }

    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += (double)value * value;
        }

        return sum;
    }

    private static double MeanMagnitude(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += Math.Abs((double)value);
        }

        return sum / values.Length;
    }
}
