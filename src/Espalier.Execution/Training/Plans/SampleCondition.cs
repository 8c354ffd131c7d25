using Espalier.Graphs;

namespace Espalier.Execution;

/// <summary>The condition that a stochastic depth node has a non-zero factor for one of its inputs.</summary>
/// <param name="Node">The stochastic depth node.</param>
/// <param name="Input">0 for the shortcut, 1 for the branch.</param>
internal readonly record struct SampleCondition(Node Node, int Input)
{
    internal StochasticDepth Op => (StochasticDepth)Node.Op;

    /// <summary>Whether the condition holds for every random choice.</summary>
    internal bool IsCertain => Factor(true) != 0 && (Op.SurvivalProbability == 1 || Factor(false) != 0);

    internal double Factor(bool survives)
    {
        (double shortcut, double branch) = Op.TrainingFactors(survives);
        return Input == 0 ? shortcut : branch;
    }

    /// <summary>A key that identifies the condition.</summary>
    internal string Key => $"{Node.Name}\n{Input}";
}
