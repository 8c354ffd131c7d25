using System.Globalization;
using System.Numerics;

namespace Espalier.Tensors;

/// <summary>Throws for options that are out of range; the message has the option's name, the value found and the values allowed.</summary>
internal static class OptionCheck
{
    private static readonly string s_parameter = "options"; // the usual name of the parameter that has them

    /// <summary>Throws unless an option is in its range.</summary>
    /// <param name="holds">Whether it is in its range.</param>
    /// <param name="found">Its value.</param>
    /// <param name="expected">The values allowed, as the message has them after "expected".</param>
    /// <param name="option">Its name, with that of its type.</param>
    /// <param name="parameter">The parameter that has it; <see langword="null"/> for <c>options</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The option is not in its range.</exception>
    internal static void Require(bool holds, IFormattable? found, string expected, string option, string? parameter = null)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(parameter ?? s_parameter, string.Create(CultureInfo.InvariantCulture, $"{option} is {found}; expected {expected}."));
        }
    }

    /// <summary>Throws if an option is given and less than its minimum.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The option is less than its minimum.</exception>
    internal static void AtLeast<T>(T? found, T least, string option)
        where T : struct, INumber<T> => Require(found is null || found >= least, found, $"at least {least}", option);

    /// <summary>Throws if an option is <see langword="null"/>.</summary>
    /// <exception cref="ArgumentNullException">The option is <see langword="null"/>.</exception>
    internal static void NotNull(object? found, string option)
    {
        if (found is null)
        {
            throw new ArgumentNullException(s_parameter, $"{option} is null.");
        }
    }

    /// <summary>Throws if a path or name is given and empty.</summary>
    /// <exception cref="ArgumentException">The path or name is empty.</exception>
    internal static void NotEmpty(string? found, string option)
    {
        if (found is { Length: 0 })
        {
            throw new ArgumentException($"{option} is empty.", s_parameter);
        }
    }
}
