using System.Numerics;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>The sum of the terms of a process, one after another, in the order of <see cref="OrderedSum"/>.</summary>
/// <param name="length">The numbers of a term.</param>
/// <param name="terms">The number of terms: all of them, or a power of 2 that divides their number.</param>
internal sealed class PartSum(int length, int terms)
{
    private readonly int _block = terms & -terms;
    private readonly List<float[]> _levels = []; // sums of 1, 2, 4, … terms
    private readonly float[] _sum = new float[length];
    private int _added;

    /// <summary>The numbers of all sums that are kept at once, at most.</summary>
    internal long Length => (1 + (long)BitOperations.Log2((uint)_block)) * length;

    /// <summary>The sum, once all terms are added.</summary>
    internal Span<float> Result => _sum;

    /// <summary>Begins a new sum.</summary>
    internal void Clear() => _added = 0;

    /// <summary>Adds the next term.</summary>
    /// <param name="term">The numbers; they are overwritten.</param>
    internal void Add(Span<float> term)
    {
        int level = 0;
        for (int count = _added % _block; (count & 1) == 1; count >>= 1, level++)
        {
            SumKernel.Add(term, _levels[level]);
        }

        bool isBlock = 1 << level == _block;
        if (isBlock && _added < _block)
        {
            term.CopyTo(_sum);
        }
        else if (isBlock)
        {
            SumKernel.Add(_sum, term);
        }
        else
        {
            while (_levels.Count <= level)
            {
                _levels.Add(new float[length]);
            }

            term.CopyTo(_levels[level]);
        }

        _added++;
    }
}
