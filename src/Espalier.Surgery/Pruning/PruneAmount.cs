using System.Globalization;

namespace Espalier.Surgery;

/// <summary>How much to prune: a share of what is left, a number of units, or up to a share of everything.</summary>
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

    /// <summary>A share, from 0 to 1, of what earlier prunings have left: PyTorch's <c>amount</c> when it is a float.</summary>
    internal static PruneAmount Fraction(double share) => new(AmountKind.Fraction, share);

    /// <summary>A number of units: PyTorch's <c>amount</c> when it is an int.</summary>
    internal static PruneAmount Count(long units) => new(AmountKind.Count, units);

    /// <summary>As many as it takes until this share of all units is removed, earlier prunings included: what schedules ask for.</summary>
    internal static PruneAmount Sparsity(double share) => new(AmountKind.Sparsity, share);

    /// <summary><c>20%</c>, <c>100</c> or <c>up to 80%</c>.</summary>
    public override string ToString() => _kind switch
    {
        AmountKind.Count => _value.ToString(CultureInfo.InvariantCulture),
        AmountKind.Fraction => _value.ToString("0.####%", CultureInfo.InvariantCulture),
        _ => "up to " + _value.ToString("0.####%", CultureInfo.InvariantCulture),
    };

    /// <summary>Whether it is a number of units.</summary>
    internal bool IsCount => _kind == AmountKind.Count;

    /// <summary>Whether it is a share of everything, earlier prunings included.</summary>
    internal bool IsSparsity => _kind == AmountKind.Sparsity;

    /// <summary>The number of units, or the share.</summary>
    internal double Value => _value;

    /// <summary>The share that is asked for, or <see langword="null"/> for a number of units.</summary>
    internal double? Share => _kind == AmountKind.Count ? null : _value;

    /// <summary>The same kind of amount with another share.</summary>
    internal PruneAmount WithShare(double share) => new(_kind, share);

    /// <summary>The units to remove, rounded half to even as Python does.</summary>
    /// <param name="name">The parameter's name in error messages.</param>
    /// <param name="left">Units that earlier prunings have left.</param>
    /// <param name="all">All units.</param>
    internal int UnitsOf(string name, int left, int all)
    {
        if (_kind == AmountKind.Count)
        {
            return _value >= 0 && _value <= left
                ? (int)_value
                : throw new PruningException(name, $"{this} cannot be removed: {left} are left, so an amount from 0 to {left} or a fraction from 0 to 1 would work");
        }

        if (!(_value is >= 0 and <= 1))
        {
            throw new PruningException(name, string.Create(CultureInfo.InvariantCulture, $"the amount {_value} is no share: from 0 to 1 would work, or a whole number for so many"));
        }

        return _kind == AmountKind.Fraction ? (int)Math.Round(_value * left) : Math.Max(0, (int)Math.Round(_value * all) - (all - left));
    }
}
