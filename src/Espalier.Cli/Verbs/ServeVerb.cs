using System.Net;
using Espalier.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Espalier.Cli;

/// <summary>The verb <c>serve</c>: serves models over HTTP and gRPC until it is told to stop.</summary>
internal sealed class ServeVerb : Verb
{
    private const int UsualPort = 8000;
    private const int Megabyte = 1 << 20;
    private const string NoLog = "none";
    private const string ErrorLog = "errors";
    private const string RequestLog = "requests";

    private readonly Argument<string[]> _models = new("MODEL")
    {
        Description = "Model files, ONNX networks or folders of trainings; each is served under its name without the extension.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _folder = new("--models") { Description = "A folder of models: NAME.espalier, or NAME/VERSION/*.espalier with whole numbers as versions. New and changed files are served without a restart.", HelpName = "FOLDER" };
    private readonly Option<string> _host = new("--host") { Description = "The address of the network interface: 0.0.0.0 for all. Only this machine can connect unless given.", HelpName = "ADDRESS", DefaultValueFactory = _ => IPAddress.Loopback.ToString() };
    private readonly Option<int> _port = NumberOptions.Create("--port", "The port of HTTP; 0 for a free one.", 0, ushort.MaxValue, UsualPort);
    private readonly Option<int> _grpcPort = NumberOptions.Create("--grpc-port", "The port of gRPC; 0 for a free one. Without it there is no gRPC, unless with --tls, where both share --port.", 0, ushort.MaxValue, null);
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<int> _decodeThreads = NumberOptions.Create("--decode-threads", "Photos that are decoded at the same time, while networks run; the default is the number of processors that --threads leaves, at least 1.", 1, ThreadCount.Most, null);
    private readonly Option<int> _maxBatch = NumberOptions.Create("--max-batch", "The most samples that are computed together, and the most of one request.", 1, 4096, 32);
    private readonly Option<double> _maxWait = DecimalOptions.Create("--max-wait", "Milliseconds that the first of a batch waits for others. Without a wait, what arrives while a batch is computed is the next batch.", 0, 60_000, 0, "MS");
    private readonly Option<int> _queue = NumberOptions.Create("--queue", "The most samples of one model that are accepted and not yet computed; further ones are answered with 429.", 1, 1 << 20, 256);
    private readonly Option<int> _maxBody = NumberOptions.Create("--max-body", "The most MiB of a request.", 1, 2047, 64);
    private readonly Option<int> _maxPixels = NumberOptions.Create("--max-pixels", "The most pixels of a photo.", 1, int.MaxValue, 50_000_000);
    private readonly Option<string?> _tokenFile = new("--token-file") { Description = "A file with the token that every request but the health probes must send as 'Authorization: Bearer …'.", HelpName = "FILE" };
    private readonly Option<bool> _tls = new("--tls") { Description = "Encrypts connections, with the certificate that Kestrel's own settings name: the environment variables Kestrel__Certificates__Default__Path and __KeyPath or __Password." };
    private readonly Option<bool> _noPage = new("--no-page") { Description = "Without the page at / and what it shows: /v1/models, /v1/explain and /v1/report." };
    private readonly Option<double> _reload = DecimalOptions.Create("--reload", "Seconds between two looks at the models' files; 0 for never.", 0, 86_400, 2, "SECONDS");
    private readonly Option<string> _log = WordOptions.Create("--log", "What is logged on standard error, one JSON object per line: each request, errors and refusals alone, or nothing.", RequestLog, ErrorLog, NoLog);
    private readonly Option<bool> _check = new("--check") { Description = "Loads the models, says what would be served, and ends." };

    internal ServeVerb(CliContext context)
        : base(
            context,
            "serve",
            "Serves classifiers: a page at / that shows what they see in photos, photos by POST /v1/classify, tensors by the Open Inference Protocol (KServe v2) over REST and gRPC, metrics at /metrics, all addresses in /openapi.json. SIGTERM or Ctrl-C: accepted requests are answered, new ones refused, and it ends.",
            "espalier serve flowers.espalier",
            "espalier serve --models models/ --port 8000 --grpc-port 8001 --threads 4",
            "espalier serve flowers.espalier --host 0.0.0.0 --token-file token.txt --tls",
            "curl --data-binary @rose.jpg 'http://127.0.0.1:8000/v1/classify?top=3'") => this.AddAll(
            _models, _folder, _host, _port, _grpcPort, _threads, _decodeThreads, _maxBatch, _maxWait, _queue, _maxBody, _maxPixels, _tokenFile, _tls, _noPage, _reload, _log, _check);

    private protected override int Run(ParseResult parsed)
    {
        ServingOptions options = Read(parsed);
        ServerAddress address = ReadAddress(parsed);
        LogLevel log = parsed.GetRequiredValue(_log) switch { NoLog => LogLevel.None, ErrorLog => LogLevel.Warning, _ => LogLevel.Information };
        Context.Interruption.Patience = ModelServer.DrainTime + TimeSpan.FromSeconds(5);
        return RunAsync(options, address, parsed.GetValue(_check) ? LogLevel.None : log, parsed.GetValue(_check)).GetAwaiter().GetResult();
    }

    private async Task<int> RunAsync(ServingOptions options, ServerAddress address, LogLevel log, bool check)
    {
        await using WebApplication app = ModelServer.Create(options, address, log);
        ModelCatalog catalog = app.Services.GetRequiredService<ModelCatalog>();
        if (check)
        {
            catalog.Load();
            Terminal.Out.WriteLine($"would serve {Names(catalog)}");
            return ExitCode.Success;
        }

        await app.StartAsync(Context.Cancellation).ConfigureAwait(false);
        Terminal.Out.WriteLine($"serving {Names(catalog)} at {string.Join(" and ", app.Urls.Select((url, i) => i == 0 ? url : $"{url} (gRPC)"))}");
        Terminal.Out.Flush();
        await Task.Delay(Timeout.InfiniteTimeSpan, Context.Cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
        int left = app.Services.GetRequiredService<Drain>().Accepted;
        return left == 0 ? ExitCode.Success : throw new EspalierException($"{left} requests were not answered within {ModelServer.DrainTime.TotalSeconds} s");
    }

    private static string Names(ModelCatalog catalog) => string.Join(", ", catalog.Names.Select(name => catalog.VersionsOf(name).ToArray() is { Length: > 1 } versions ? $"{name} (versions {string.Join(", ", versions)})" : name));

    private ServingOptions Read(ParseResult parsed)
    {
        string[] models = parsed.GetValue(_models) ?? [];
        int batch = parsed.GetValue(_maxBatch), queue = parsed.GetValue(_queue);
        if (models.Length == 0 && parsed.GetValue(_folder) is null)
        {
            throw new EspalierException("no model is named: give model files, or a folder of models with --models FOLDER");
        }

        return new ServingOptions
        {
            Models = models,
            Folder = parsed.GetValue(_folder),
            Threads = parsed.GetValue(_threads),
            DecodeThreads = parsed.Given(_decodeThreads) ?? 0,
            MaxBatch = batch,
            MaxWait = TimeSpan.FromMilliseconds(parsed.GetValue(_maxWait)),
            Queue = queue >= batch ? queue : throw new EspalierException($"--queue {queue} is less than --max-batch {batch}: a request of that many samples could never be accepted"),
            MaxBodyBytes = (long)parsed.GetValue(_maxBody) * Megabyte,
            MaxPixels = parsed.GetValue(_maxPixels),
            Token = parsed.GetValue(_tokenFile) is { } file ? Token(file) : null,
            Page = !parsed.GetValue(_noPage),
            ReloadInterval = TimeSpan.FromSeconds(parsed.GetValue(_reload)),
        };
    }

    private ServerAddress ReadAddress(ParseResult parsed)
    {
        string host = parsed.GetRequiredValue(_host);
        return new ServerAddress
        {
            Host = host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(host, out IPAddress? parsedHost) ? parsedHost : throw new EspalierException($"--host takes an IP address such as 0.0.0.0 or ::1, found '{host}'"),
            Port = parsed.GetValue(_port),
            GrpcPort = parsed.Given(_grpcPort),
            Tls = parsed.GetValue(_tls),
        };
    }

    private static string Token(string file)
    {
        string token = FileErrors.Read(file, () => File.ReadAllText(file)).Trim();
        return token.Length > 0 && token.All(letter => letter is > ' ' and <= '~') ? token : throw new EspalierException($"{file} has no token: expected one line of visible ASCII characters without spaces");
    }
}
