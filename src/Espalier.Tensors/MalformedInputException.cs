using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Espalier.Tensors;

/// <summary>A file or stream that is not what its format demands, or that asks for more than <see cref="Limits"/> grants.</summary>
public sealed class MalformedInputException : EspalierException
{
    /// <summary>Makes the error.</summary>
    /// <param name="source">What was being read: usually the file's name.</param>
    /// <param name="offset">The byte at which reading failed, or <see langword="null"/> where no one byte is at fault.</param>
    /// <param name="reason">What was found and what was expected.</param>
    public MalformedInputException(string source, long? offset, string reason)
        : base(offset is null ? $"{source}: {reason}" : string.Create(CultureInfo.InvariantCulture, $"{source}: at byte {offset}: {reason}"))
    {
        Input = source;
        Offset = offset;
        Reason = reason;
    }

    /// <summary>What was being read.</summary>
    public string Input { get; }

    /// <summary>The byte at which reading failed, where there is one.</summary>
    public long? Offset { get; }

    /// <summary>What was found and what was expected.</summary>
    public string Reason { get; }

    /// <summary>Throws.</summary>
    [DoesNotReturn]
    public static void Throw(string source, long? offset, string reason) => throw new MalformedInputException(source, offset, reason);
}
