using System.CommandLine;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>Gets published weights and data.</summary>
internal sealed class FetchVerb : Verb
{
    private readonly Argument<string?> _name = new("NAME")
    {
        Description = "What to get: a network's name for its torchvision weights (resnet50; resnet50_v2 for the newer recipe), a file's name with its hash (resnet34-333f7ec4), or cifar10.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _list = new("--list") { Description = "Shows what can be fetched." };
    private readonly Option<string?> _cache = new("--cache")
    {
        Description = "Where files are kept; the default is $ESPALIER_CACHE, or 'espalier' in the system's folder for caches.",
        HelpName = "FOLDER",
    };

    private readonly Option<string?> _mirror = new("--mirror")
    {
        Description = "The address of a folder to get files from, instead of the official one. Hashes are checked all the same.",
        HelpName = "URL",
    };

    private readonly Option<bool> _json = CommonOptions.Json();

    internal FetchVerb(CliContext context)
        : base(
            context,
            "fetch",
            "Downloads published weights and data from their official addresses, checks their hashes, and prints their paths. Interrupted downloads are resumed.",
            "espalier fetch resnet50",
            "espalier classify resnet50 --weights \"$(espalier fetch resnet50)\" dog.jpg",
            "espalier evaluate cifar_resnet56 --weights resnet56-4bfd9763.th --data \"$(espalier fetch cifar10)\"")
    {
        this.AddAll(_name, _list, _cache, _mirror, _json);
    }

    private protected override int Run(ParseResult parsed)
    {
        if (parsed.GetValue(_list))
        {
            List().Show(Terminal, parsed.GetValue(_json));
            return ExitCode.Success;
        }

        string name = parsed.GetValue(_name) ?? throw new EspalierException("say what to fetch: 'espalier fetch resnet50', or --list to see what there is");
        PublishedFile file = Catalogue.Find(name, Mirror(parsed.GetValue(_mirror)));
        string path = Fetch(file, Cache.Folder(parsed.GetValue(_cache)));
        new Report(new ReportObject { { "name", name }, { "address", file.Address.ToString() }, { "path", path } }) { Text = [path] }.Show(Terminal, parsed.GetValue(_json));
        return ExitCode.Success;
    }

    private string Fetch(PublishedFile file, string folder)
    {
        string unpacked = Path.Combine(folder, file.Folder ?? "");
        string target = Path.Combine(folder, file.FileName);
        if (file.Folder is not null ? Directory.Exists(unpacked) : File.Exists(target))
        {
            return file.Folder is null ? target : unpacked; // both appear only once they are whole and right
        }

        if (!File.Exists(target))
        {
            Terminal.Note($"getting {file.Address}");
            using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan }; // Downloader minds the time between two reads
            client.DefaultRequestHeaders.UserAgent.ParseAdd("espalier");
            new Downloader(client, Terminal).Run(file, target, Context.Cancellation).GetAwaiter().GetResult();
        }

        if (file.Folder is null)
        {
            return target;
        }

        TarExtraction.Run(target, file.Folder, unpacked, Context.Cancellation);
        File.Delete(target);
        return unpacked;
    }

    private static Report List() => new(ReportValue.List(Catalogue.Names))
    {
        Text = [.. Catalogue.Names.Select(name => (ReportPart)$"{name,-22}{Catalogue.Find(name, null).Address}")],
    };

    private static Uri? Mirror(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out Uri? address) && address.Scheme is ("http" or "https")
            ? address
            : throw new EspalierException($"--mirror takes an http or https address, found '{text}'");
    }
}
