using System.CommandLine;
using System.Globalization;
using Espalier.Tensors;

namespace Espalier.Bench.Peers;

/// <summary>The command line of the benchmark with peers.</summary>
internal static class PeersCommand
{
    private const string Int8Peers = $"onnxruntime,{Workers.Contestant.NativePeer}";

    private static readonly PeersOptions Defaults = new();
    private static readonly Option<string?> Models = new("--models") { Description = $"Networks of the zoo that tests/oracle/zoo.py has too, separated by commas; {PeersOptions.AllModels} unless told, of 8 bits {PeersOptions.Int8Models}." };
    private static readonly Option<string> Precisions = Text("--precision", $"{PeersOptions.Float32} or {PeersOptions.Int8}: 8 bits, calibrated on the kit's photographs, the peers on the ONNX file that Espalier exports.", PeersOptions.Float32);
    private static readonly Option<string> Batches = Text("--batch", "Batch sizes.", string.Join(',', Defaults.Batches));
    private static readonly Option<string> Threads = Text("--threads", "Numbers of threads.", string.Join(',', Defaults.Threads));
    private static readonly Option<string> Sizes = Text("--sizes", "Rows and columns of the images; each network's own unless told.", "");
    private static readonly Option<string> Zeros = Text("--zeros", "Fractions of the convolutions' weights, but the first's, that are set to zero: at random, of 8 bits in blocks of four input channels by prune --pattern 1x4.", "0");
    private static readonly Option<string?> Peers = new("--peers") { Description = $"Which peers: {string.Join(", ", Workers.Contestant.PeerNames)}; {string.Join(" and ", Defaults.Peers)} unless told, for 8 bits {Int8Peers}." };
    private static readonly Option<int> Runs = Number("--runs", "Timed runs of each contestant in each row.", Defaults.Runs);
    private static readonly Option<int> Starts = Number("--starts", "Fresh processes of each contestant in each network's first row.", Defaults.Starts);
    private static readonly Option<double> WarmUp = Seconds("--warm-up", "Seconds that each contestant runs before anything is timed.", Defaults.WarmUp);
    private static readonly Option<double> Longest = Seconds("--longest", "Timed seconds of each contestant in each row at the most.", Defaults.Longest);
    private static readonly Option<bool> EveryPeer = new("--every-peer") { Description = "All peers in every row; unless told, rows with more than the first number of threads and images have the first peer only." };
    private static readonly Option<string?> Output = new("--output", "-o") { Description = "The Markdown file, with a CSV file beside it; docs/results/peers-<cpu>.md unless told." };

    internal static int Run(string[] arguments)
    {
        var command = new RootCommand("Times whole networks beside other runtimes in one run, with the same weights, inputs and answers.")
        {
            Models, Precisions, Batches, Threads, Sizes, Zeros, Peers, Runs, Starts, WarmUp, Longest, EveryPeer, Output,
        };
        command.SetAction(result =>
        {
            try
            {
                PeersOptions options = Read(result);
                return new PeersBench(options, PeersRow.All(options), "Espalier beside its peers", options.Precisions.Contains(PeersOptions.Int8) ? "peers-int8" : "peers").Run(string.Join(' ', ["peers", .. arguments]));
            }
            catch (EspalierException error)
            {
                Console.Error.WriteLine($"error: {error.Message}");
                return 2;
            }
        });
        ParseResult parsed = command.Parse(arguments);
        int exitCode = parsed.Invoke();
        return parsed.Errors.Count > 0 ? 2 : exitCode;
    }

    private static PeersOptions Read(ParseResult result)
    {
        string precision = result.GetValue(Precisions)!;
        string sizes = result.GetValue(Sizes)!;
        return new PeersOptions
        {
            Models = PeersOptions.Words(result.GetValue(Models) ?? (precision == PeersOptions.Int8 ? PeersOptions.Int8Models : PeersOptions.AllModels)),
            Precisions = precision is PeersOptions.Float32 or PeersOptions.Int8 ? [precision] : throw new EspalierException($"{Precisions.Name} {precision}: expected {PeersOptions.Float32} or {PeersOptions.Int8}"),
            Batches = PeersOptions.Integers(Batches.Name, result.GetValue(Batches)!),
            Threads = PeersOptions.Integers(Threads.Name, result.GetValue(Threads)!),
            Sizes = sizes.Length == 0 ? Defaults.Sizes : PeersOptions.Integers(Sizes.Name, sizes),
            Zeros = PeersOptions.Fractions(Zeros.Name, result.GetValue(Zeros)!),
            Peers = PeersOptions.Words(result.GetValue(Peers) ?? (precision == PeersOptions.Int8 ? Int8Peers : string.Join(',', Defaults.Peers))),
            Runs = Positive(result, Runs),
            Starts = Positive(result, Starts),
            WarmUp = Positive(WarmUp.Name, result.GetValue(WarmUp)),
            Longest = Positive(Longest.Name, result.GetValue(Longest)),
            EveryPeer = result.GetValue(EveryPeer),
            Output = result.GetValue(Output),
        };
    }

    private static int Positive(ParseResult result, Option<int> option)
    {
        int number = result.GetValue(option);
        return number > 0 ? number : throw new EspalierException(string.Create(CultureInfo.InvariantCulture, $"{option.Name} {number}: a number above 0 is expected"));
    }

    private static TimeSpan Positive(string name, double seconds) => seconds > 0
        ? TimeSpan.FromSeconds(seconds)
        : throw new EspalierException(string.Create(CultureInfo.InvariantCulture, $"{name} {seconds}: a number above 0 is expected"));

    private static Option<double> Seconds(string name, string description, TimeSpan value) => new(name) { Description = description, DefaultValueFactory = _ => value.TotalSeconds };

    private static Option<string> Text(string name, string description, string value) => new(name) { Description = description, DefaultValueFactory = _ => value };

    private static Option<int> Number(string name, string description, int value) => new(name) { Description = description, DefaultValueFactory = _ => value };
}
