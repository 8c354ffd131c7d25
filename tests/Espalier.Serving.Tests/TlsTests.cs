using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Espalier.Serving.Proto;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Espalier.Serving.Tests;

public sealed class TlsTests : IDisposable
{
    private const string Setting = "Kestrel__Certificates__Default__";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Kestrels_own_settings_name_the_certificate_and_both_protocols_share_a_port()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(_folder["server.pem"], certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder["server.key"], key.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        Environment.SetEnvironmentVariable(Setting + "Path", _folder["server.pem"]); // servers of other tests have no TLS and do not look
        Environment.SetEnvironmentVariable(Setting + "KeyPath", _folder["server.key"]);
        try
        {
            await using WebApplication app = ModelServer.Create(new ServingOptions { Models = [TinyData.WriteModel(_folder)], Threads = 1 }, new ServerAddress { Tls = true }, LogLevel.None);
            await app.StartAsync(TestContext.Current.CancellationToken);
            using SocketsHttpHandler handler = Trusting(certificate), other = Trusting(certificate);
            using var client = new HttpClient(handler) { BaseAddress = new Uri(app.Urls.Single()) };
            Assert.Equal("https", client.BaseAddress.Scheme);
            Assert.Equal("""{"ready":true}""", await client.GetStringAsync("/v2/health/ready", TestContext.Current.CancellationToken));
            using GrpcChannel channel = GrpcChannel.ForAddress(client.BaseAddress, new GrpcChannelOptions { HttpHandler = other });
            Assert.True((await new GRPCInferenceService.GRPCInferenceServiceClient(channel).ServerReadyAsync(new(), cancellationToken: TestContext.Current.CancellationToken)).Ready);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Setting + "Path", null);
            Environment.SetEnvironmentVariable(Setting + "KeyPath", null);
        }
    }

    /// <summary>A client that takes this certificate and no other.</summary>
    private static SocketsHttpHandler Trusting(X509Certificate2 certificate) => new()
    {
        SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown is X509Certificate2 found && found.RawData.AsSpan().SequenceEqual(certificate.RawData) },
    };
}
