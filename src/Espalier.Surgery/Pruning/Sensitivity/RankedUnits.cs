using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A parameter whose units are ranked once and can be pruned by several amounts, with the same masks as <see cref="Pruner"/>.</summary>
internal sealed class RankedUnits
{
    private readonly PrunableParameter _target;
    private readonly int[] _order; // the remaining units, least important first; units with equal scores in index order

    internal RankedUnits(string name, Parameter parameter, WeightPruning request, Func<string, Tensor>? gradients)
    {
        _target = new PrunableParameter(name, parameter, request, gradients);
        if (request.Pattern == WeightPattern.TwoOfFour)
        {
            throw new PruningException(name, "pattern 2:4 always removes half, so there are no amounts to compare; use 'element' or '4x1'");
        }

        ulong[] keys = new ulong[_target.Left];
        int filled = 0;
        for (int unit = 0; unit < _target.Units; unit++)
        {
            if (_target.IsLeft[unit])
            {
                keys[filled++] = ((ulong)Ordered(_target.Scores[unit]) << 32) | (uint)unit;
            }
        }

        Array.Sort(keys);
        _order = [.. keys.Select(key => (int)(uint)key)];
    }

    /// <summary>The parameter with a fraction of its remaining units masked.</summary>
    internal Parameter Without(double share)
    {
        int count = PruneAmount.Fraction(share).UnitsOf(_target.Name, _target.Left, _target.Units);
        foreach ((int place, int unit) in _order.Index())
        {
            _target.IsLeft[unit] = place >= count;
        }

        return _target.Pruned();
    }

    /// <summary>An integer with the same order as the score; NaN is treated as infinity.</summary>
    private static uint Ordered(float score)
    {
        uint bits = BitConverter.SingleToUInt32Bits(float.IsNaN(score) ? float.PositiveInfinity : score == 0 ? 0 : score); // −0 is 0
        const uint Sign = 1u << 31;
        return (bits & Sign) == 0 ? bits | Sign : ~bits;
    }
}
