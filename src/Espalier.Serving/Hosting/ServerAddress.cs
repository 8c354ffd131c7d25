using System.Net;

namespace Espalier.Serving;

/// <summary>Where a server listens.</summary>
internal sealed record ServerAddress
{
    /// <summary>The address of the network interface; only this machine unless told.</summary>
    internal IPAddress Host { get; init; } = IPAddress.Loopback;

    /// <summary>The port of REST; 0 for a free one.</summary>
    internal int Port { get; init; }

    /// <summary>The port of gRPC; 0 for a free one; <see langword="null"/> for none of its own, which is enough with <see cref="Tls"/>.</summary>
    internal int? GrpcPort { get; init; }

    /// <summary>Whether connections are encrypted, with the certificate of Kestrel's own settings (<c>Kestrel__Certificates__Default__Path</c>).</summary>
    internal bool Tls { get; init; }
}
