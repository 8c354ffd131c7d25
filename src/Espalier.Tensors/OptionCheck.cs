using System.Globalization;
using System.Numerics;

namespace Espalier.Tensors;

/// <summary>Refuses options that are out of range, with the option's name, what was found and what is allowed.</summary>
internal static class OptionCheck
{
    private static readonly string s_parameter = "options"; // what the parameter is called that has them

    /// <summary>Makes sure that an option is in its range.</summary>
    /// <param name="holds">Whether it is.</param>
    /// <param name="found">Its value.</param>
    /// <param name="expected">What is allowed, as it follows "expected".</param>
    /// <param name="option">Its name, with that of its type.</param>
    /// <param name="parameter">The parameter that has it; <see langword="null"/> for <c>options</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    internal static void Require(bool holds, IFormattable? found, string expected, string option, string? parameter = null)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(parameter ?? s_parameter, string.Create(CultureInfo.InvariantCulture, $"{option} is {found}; expected {expected}."));
        }
    }

    /// <summary>Makes sure that an option, where it is given, has a least value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less.</exception>
    internal static void AtLeast<T>(T? found, T least, string option)
        where T : struct, INumber<T> => Require(found is null || found >= least, found, $"at least {least}", option);

    /// <summary>Makes sure that there is an object.</summary>
    /// <exception cref="ArgumentNullException">There is none.</exception>
    internal static void NotNull(object? found, string option)
    {
        if (found is null)
        {
            throw new ArgumentNullException(s_parameter, $"{option} is null.");
        }
    }

    /// <summary>Makes sure that a path or name, where it is given, is not empty.</summary>
    /// <exception cref="ArgumentException">It is.</exception>
    internal static void NotEmpty(string? found, string option)
    {
        if (found is { Length: 0 })
        {
            throw new ArgumentException($"{option} is empty.", s_parameter);
        }
    }
}
