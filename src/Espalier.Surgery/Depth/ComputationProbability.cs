using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>How likely a training step needs each node of a network with stochastic depth, from the outputs backwards.</summary>
internal sealed class ComputationProbability
{
    private readonly Dictionary<string, DrawCondition> _terms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _survival = new(StringComparer.Ordinal);

    /// <summary>Finds the needs.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="survival">The survival probability of an op: its own, or another to compare with.</param>
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

    /// <summary>How likely a step needs the node.</summary>
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

    /// <summary>What a node reads and under which condition: see <see cref="StochasticDepth.TrainingFactors"/>.</summary>
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
