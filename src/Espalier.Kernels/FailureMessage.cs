using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>An interpolated string that is formatted only where the condition before it is false, because formatting unused messages noticeably delays the first inference of a program.</summary>
[InterpolatedStringHandler]
internal ref struct FailureMessage
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Called by the compiler, with the condition that precedes the string.</summary>
    /// <param name="literalLength">Characters between the holes.</param>
    /// <param name="holes">Holes.</param>
    /// <param name="holds">The condition.</param>
    /// <param name="isWanted">Whether the string is formatted at all.</param>
    public FailureMessage(int literalLength, int holes, bool holds, out bool isWanted)
    {
        isWanted = !holds;
        _text = holds ? default : new DefaultInterpolatedStringHandler(literalLength, holes);
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    internal string Text() => _text.ToStringAndClear();
}
