using System.Net;

namespace Espalier.Serving;

/// <summary>
/// Refuses requests for other hosts than this machine at a server that only this machine can connect to. A page of another site can point its own name at 127.0.0.1 (DNS rebinding), and a browser then lets it read the
/// answers as its own; its requests have that name as their host.
/// </summary>
internal static class LocalHosts
{
    private static readonly string[] s_names = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>Refuses them before any endpoint. A server that listens on another address than one of this machine alone has names that it does not know, and is not changed.</summary>
    /// <param name="app">The server, without middleware so far.</param>
    /// <param name="address">The address of the network interface.</param>
    internal static void Require(WebApplication app, IPAddress address)
    {
        if (IPAddress.IsLoopback(address))
        {
            string[] names = [.. s_names, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : $"{address}"];
            app.Use(next => context => names.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase) ? next(context) : ErrorAnswer.WriteAsync(context, Refusal(context.Request.Host)));
        }
    }

    private static ServingException Refusal(HostString host) => new(
        StatusCodes.Status421MisdirectedRequest,
        $"this server answers its own machine alone: the request's host must be localhost, 127.0.0.1 or [::1], with any port; found {(host.HasValue ? $"'{host.Value}'" : "none")}");
}
