using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Espalier.Tensors;

/// <summary>A file or stream violates its format or exceeds the <see cref="Limits"/>.</summary>
public sealed class MalformedInputException : EspalierException
{
    /// <summary>Creates the error.</summary>
    /// <param name="source">The name of the input, usually the file's path.</param>
    /// <param name="offset">Offset of the byte at which reading failed, or <see langword="null"/> where no single byte is at fault.</param>
    /// <param name="reason">What was found and what was expected.</param>
    public MalformedInputException(string source, long? offset, string reason)
        : base(offset is null ? $"{source}: {reason}" : string.Create(CultureInfo.InvariantCulture, $"{source}: at byte {offset}: {reason}"))
    {
        Input = source;
        Offset = offset;
        Reason = reason;
    }

    /// <summary>The name of the input, usually the file's path.</summary>
    public string Input { get; }

    /// <summary>Offset of the byte at which reading failed, or <see langword="null"/> where no single byte is at fault.</summary>
    public long? Offset { get; }

    /// <summary>What was found and what was expected.</summary>
    public string Reason { get; }

    /// <summary>Whether the input is sound but of a kind that is not supported, so that what lies beside it can be read.</summary>
    internal bool IsUnsupportedKind { get; init; }

    /// <summary>Throws a new <see cref="MalformedInputException"/>.</summary>
    [DoesNotReturn]
    public static void Throw(string source, long? offset, string reason) => throw new MalformedInputException(source, offset, reason);
}
