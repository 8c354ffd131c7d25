namespace Espalier.Tensors;

/// <summary>The base of every error that is the input's fault, not the program's: its message is one line fit to show a user.</summary>
public class EspalierException : Exception
{
    /// <summary>An error with a message that names what was found, what was expected and where.</summary>
    public EspalierException(string message) : base(message)
    {
    }

    /// <summary>An error caused by another.</summary>
    public EspalierException(string message, Exception inner) : base(message, inner)
    {
    }
}
