using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Argument checks of all entry points, made before memory is accessed.</summary>
internal static class Expect
{
    /// <summary>Throws unless <paramref name="actual"/> is <paramref name="expected"/>.</summary>
    internal static void Length(int actual, long expected, string name)
    {
        if (actual != expected)
        {
            ThrowLength(actual, expected, name);
        }
    }

    /// <summary>Throws unless <paramref name="actual"/> is <paramref name="expected"/> or zero.</summary>
    internal static void LengthOrEmpty(int actual, long expected, string name)
    {
        if (actual != 0)
        {
            Length(actual, expected, name);
        }
    }

    /// <summary>Throws <see cref="ArgumentException"/> with <paramref name="message"/> unless <paramref name="condition"/> holds.</summary>
    internal static void That([DoesNotReturnIf(false)] bool condition, string message)
    {
        if (!condition)
        {
            Throw(message);
        }
    }

    /// <summary>The same; the message is only made where it is needed.</summary>
    internal static void That([DoesNotReturnIf(false)] bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] ref FailureMessage message)
    {
        if (!condition)
        {
            Throw(message.Text());
        }
    }

    [DoesNotReturn]
    private static void ThrowLength(int actual, long expected, string name) =>
        throw new ArgumentException($"{name} has {actual} elements, expected {expected}", name);

    [DoesNotReturn]
    private static void Throw(string message) => throw new ArgumentException(message);
}
