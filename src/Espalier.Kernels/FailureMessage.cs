using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The text of an interpolated string, which is made only where the condition before it does not hold: formatting what is never read took a tenth of the time that ResNet-18 needs in the first seconds of a program.</summary>
[InterpolatedStringHandler]
internal ref struct FailureMessage
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Called by the compiler, with the condition that stands before the string.</summary>
    /// <param name="literalLength">Characters between the holes.</param>
    /// <param name="holes">Holes.</param>
    /// <param name="holds">The condition.</param>
    /// <param name="isWanted">Whether the holes are filled at all.</param>
    public FailureMessage(int literalLength, int holes, bool holds, out bool isWanted)
    {
        isWanted = !holds;
        _text = holds ? default : new DefaultInterpolatedStringHandler(literalLength, holes);
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    internal string Text() => _text.ToStringAndClear();
}
