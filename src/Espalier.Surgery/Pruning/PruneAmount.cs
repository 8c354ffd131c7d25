using System.Globalization;

namespace Espalier.Surgery;

/// <summary>The amount to prune: a fraction of the remaining units, a number of units, or a sparsity.</summary>
internal readonly record struct PruneAmount
{
    private readonly AmountKind _kind;
    private readonly double _value;

    private PruneAmount(AmountKind kind, double value) => (_kind, _value) = (kind, value);

    private enum AmountKind
    {
        Fraction,
        Count,
        Sparsity,
    }

    /// <summary>A fraction, from 0 to 1, of the units that earlier prunings have left, like a float <c>amount</c> in PyTorch.</summary>
    internal static PruneAmount Fraction(double share) => new(AmountKind.Fraction, share);

    /// <summary>A number of units, like an int <c>amount</c> in PyTorch.</summary>
    internal static PruneAmount Count(long units) => new(AmountKind.Count, units);

    /// <summary>The number of units that brings the removed fraction of all units, including earlier prunings, to this sparsity.</summary>
    internal static PruneAmount Sparsity(double share) => new(AmountKind.Sparsity, share);

    /// <summary>The amount as text: <c>20%</c>, <c>100</c> or <c>up to 80%</c>.</summary>
    public override string ToString() => _kind switch
    {
        AmountKind.Count => _value.ToString(CultureInfo.InvariantCulture),
        AmountKind.Fraction => _value.ToString("0.####%", CultureInfo.InvariantCulture),
        _ => "up to " + _value.ToString("0.####%", CultureInfo.InvariantCulture),
    };

    /// <summary>Whether the amount is a number of units.</summary>
    internal bool IsCount => _kind == AmountKind.Count;

    /// <summary>Whether the amount is a sparsity, that is a fraction of all units including earlier prunings.</summary>
    internal bool IsSparsity => _kind == AmountKind.Sparsity;

    /// <summary>The number of units, or the fraction.</summary>
    internal double Value => _value;

    /// <summary>The fraction, or <see langword="null"/> for a number of units.</summary>
    internal double? Share => _kind == AmountKind.Count ? null : _value;

    /// <summary>The same kind of amount with another fraction.</summary>
    internal PruneAmount WithShare(double share) => new(_kind, share);

    /// <summary>The number of units to remove, rounded half to even as in Python.</summary>
    /// <param name="name">The parameter's name for error messages.</param>
    /// <param name="left">The number of units that earlier prunings have left.</param>
    /// <param name="all">The number of all units.</param>
    internal int UnitsOf(string name, int left, int all)
    {
        if (_kind == AmountKind.Count)
        {
            return _value >= 0 && _value <= left
                ? (int)_value
                : throw new PruningException(name, $"expected a count from 0 to the {left} units that are left, or a fraction from 0 to 1, found {this}");
        }

        if (!(_value is >= 0 and <= 1))
        {
            throw new PruningException(name, string.Create(CultureInfo.InvariantCulture, $"expected a fraction from 0 to 1, or an integer for a number of units, found {_value}"));
        }

        return _kind == AmountKind.Fraction ? (int)Math.Round(_value * left) : Math.Max(0, (int)Math.Round(_value * all) - (all - left));
    }
}
