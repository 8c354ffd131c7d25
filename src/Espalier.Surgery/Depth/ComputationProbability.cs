using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>The probability that a training step computes each node of a network with stochastic depth. The nodes are visited from the outputs to the inputs.</summary>
internal sealed class ComputationProbability
{
    private readonly Dictionary<string, DrawCondition> _terms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _survival = new(StringComparer.Ordinal);

    /// <summary>Finds the condition under which each node is computed.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="survival">Returns the survival probability to assume for an op: the op's own, or 1 to compare with.</param>
    internal ComputationProbability(Graph graph, Func<StochasticDepth, double> survival)
    {
        foreach (string output in graph.Outputs)
        {
            TermsOf(output).Add([]);
        }

        foreach (Node node in graph.Nodes.Reverse())
        {
            if (node.Op is StochasticDepth op)
            {
                _survival[node.Name] = survival(op);
            }

            foreach ((string input, Draw? draw) in Reads(node))
            {
                Require(input, draw, TermsOf(node.Name));
            }
        }
    }

    /// <summary>The probability that a training step computes the node.</summary>
    internal double Probability(string node) => TermsOf(node).Probability(join => _survival[join]);

    private void Require(string input, Draw? draw, DrawCondition terms)
    {
        foreach (IReadOnlySet<Draw> term in terms.All)
        {
            if (draw is not Draw condition)
            {
                TermsOf(input).Add(term);
            }
            else if (!term.Contains(condition.Opposite))
            {
                TermsOf(input).Add(term.Append(condition));
            }
        }
    }

    /// <summary>The inputs that a node reads and the draw under which it reads each; see <see cref="StochasticDepth.TrainingFactors"/>.</summary>
    private IEnumerable<(string Input, Draw? Draw)> Reads(Node node)
    {
        if (node.Op is not StochasticDepth op)
        {
            return node.Inputs.Select(input => (input, (Draw?)null));
        }

        bool certain = _survival[node.Name] == 1;
        (string Input, Draw? Draw) branch = (node.Inputs[1], certain ? null : new Draw(node.Name, true));
        return (op.Form, op.Scaling) switch
        {
            (StochasticDepthForm.Residual, _) => [(node.Inputs[0], null), branch],
            (StochasticDepthForm.Bypass, _) when certain => [branch],
            (StochasticDepthForm.Bypass, StochasticDepthScaling.Paper) => [(node.Inputs[0], new Draw(node.Name, false)), branch],
            (StochasticDepthForm.Bypass, StochasticDepthScaling.Inverted) => [(node.Inputs[0], null), branch],
        };
    }

    private DrawCondition TermsOf(string node) => _terms.TryGetValue(node, out DrawCondition? terms) ? terms : _terms[node] = new DrawCondition();
}
