using Espalier.Graphs;

namespace Espalier.Execution;

/// <summary>That a stochastic depth node's draw gives one of its inputs a factor other than zero.</summary>
/// <param name="Node">The stochastic depth node.</param>
/// <param name="Input">0 for the shortcut, 1 for the branch.</param>
internal readonly record struct SampleCondition(Node Node, int Input)
{
    internal StochasticDepth Op => (StochasticDepth)Node.Op;

    /// <summary>Whether every draw fulfils it.</summary>
    internal bool IsCertain => Factor(true) != 0 && (Op.SurvivalProbability == 1 || Factor(false) != 0);

    internal double Factor(bool survives)
    {
        (double shortcut, double branch) = Op.TrainingFactors(survives);
        return Input == 0 ? shortcut : branch;
    }

    /// <summary>A name that is the same for the same condition.</summary>
    internal string Key => $"{Node.Name}\n{Input}";
}
