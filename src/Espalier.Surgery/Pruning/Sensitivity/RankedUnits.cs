using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>A parameter whose units are ranked once, to be pruned by several amounts. The masks are those of <see cref="Pruner"/>.</summary>
internal sealed class RankedUnits
{
    private readonly PrunableParameter _target;
    private readonly int[] _order; // the units that are left, the least important first; of equals the first

    internal RankedUnits(string name, Parameter parameter, WeightPruning request, Func<string, Tensor>? gradients)
    {
        _target = new PrunableParameter(name, parameter, request, gradients);
        if (request.Pattern == WeightPattern.TwoOfFour)
        {
            throw new PruningException(name, "pattern 2:4 always removes half, so there are no amounts to compare; 'element' or '4x1' would work");
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

    /// <summary>The parameter without a share of what is left of it.</summary>
    internal Parameter Without(double share)
    {
        int count = PruneAmount.Fraction(share).UnitsOf(_target.Name, _target.Left, _target.Units);
        foreach ((int place, int unit) in _order.Index())
        {
            _target.IsLeft[unit] = place >= count;
        }

        return _target.Pruned();
    }

    /// <summary>A whole number that orders as the score does; what is not a number is not known to be small.</summary>
    private static uint Ordered(float score)
    {
        uint bits = BitConverter.SingleToUInt32Bits(float.IsNaN(score) ? float.PositiveInfinity : score == 0 ? 0 : score); // −0 is 0
        const uint Sign = 1u << 31;
        return (bits & Sign) == 0 ? bits | Sign : ~bits;
    }
}
