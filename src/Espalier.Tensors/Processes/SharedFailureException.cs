namespace Espalier.Tensors;

/// <summary>A failure that all processes of a group know of, so that each of them ends by itself.</summary>
public sealed class SharedFailureException : EspalierException
{
    /// <summary>Creates an exception.</summary>
    public SharedFailureException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with its cause.</summary>
    public SharedFailureException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
