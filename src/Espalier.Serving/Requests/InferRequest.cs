namespace Espalier.Serving;

/// <summary>A request of the Open Inference Protocol, whether it came as JSON, with binary tensors or by gRPC.</summary>
internal sealed class InferRequest
{
    private const long LongestTimeout = 24L * 3600 * 1_000_000; // a day: as good as none

    /// <summary>The client's identifier, which the answer repeats; <see langword="null"/> for none.</summary>
    internal string? Id { get; set; }

    /// <summary>The client's time limit, which Triton's clients send as the parameter <c>timeout</c> in microseconds; <see langword="null"/> for none.</summary>
    internal TimeSpan? Timeout { get; private set; }

    /// <summary>Whether outputs that do not say so themselves are answered in binary.</summary>
    internal bool BinaryOutput { get; set; }

    internal List<InferTensor> Inputs { get; } = [];

    /// <summary>The outputs that the client wants; none for all.</summary>
    internal List<RequestedOutput> Outputs { get; } = [];

    /// <summary>Takes the parameter <c>timeout</c>.</summary>
    /// <exception cref="ServingException">It is not above 0.</exception>
    internal void SetTimeout(long microseconds) => Timeout = microseconds > 0
        ? TimeSpan.FromMicroseconds(Math.Min(microseconds, LongestTimeout))
        : throw ServingException.Invalid($"the parameter timeout is {microseconds}; expected microseconds above 0");
}

/// <summary>An output that a client asks for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Binary">Whether it is answered in binary; <see langword="null"/> for as the request says.</param>
internal sealed record RequestedOutput(string Name, bool? Binary);

/// <summary>An input tensor: with numbers (<see cref="Values"/>) or bytes (<see cref="Bytes"/>).</summary>
internal sealed class InferTensor
{
    internal string? Name { get; set; }

    internal string? Datatype { get; set; }

    internal long[]? Shape { get; set; }

    /// <summary>The elements as numbers, from JSON or the typed contents of gRPC; <see langword="null"/> where they are bytes.</summary>
    internal float[]? Values { get; set; }

    /// <summary>Whether all <see cref="Values"/> were written as integers.</summary>
    internal bool Integers { get; set; } = true;

    /// <summary>The lengths of nested lists in JSON; <see langword="null"/> for a flat list.</summary>
    internal int[]? Nesting { get; set; }

    /// <summary>The elements in little-endian order.</summary>
    internal ReadOnlyMemory<byte> Bytes { get; set; }

    /// <summary>The length of the elements that follow the JSON; <see langword="null"/> where they are in it.</summary>
    internal int? BinarySize { get; set; }
}
