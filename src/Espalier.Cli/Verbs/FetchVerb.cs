namespace Espalier.Cli;

/// <summary>The verb <c>fetch</c>: downloads published weights and data.</summary>
internal sealed class FetchVerb : Verb
{
    private readonly Argument<string?> _name = new("NAME")
    {
        Description = "The download: a network's name for its torchvision weights (resnet50; resnet50_v2 for the newer recipe), a file's name with its hash (resnet34-333f7ec4), resnet18_features (ResNet-18 trained on ImageNet without its classifier, as a model file, for 'finetune'), cifar10, a model of timm on the Hugging Face hub (timm/resnet50d.ra2_in1k), or the address of a file; the last two with --sha256.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _list = new("--list") { Description = "Lists the available downloads." };
    private readonly Option<string?> _cache = new("--cache")
    {
        Description = "The folder for downloads; the default is $ESPALIER_CACHE, or 'espalier' in the system's folder for caches.",
        HelpName = "FOLDER",
    };

    private readonly Option<string?> _mirror = new("--mirror")
    {
        Description = "The address of a folder to download from, instead of the official one. Hashes are checked as well.",
        HelpName = "URL",
    };

    private readonly Option<string?> _sha256 = new("--sha256")
    {
        Description = "The SHA-256 of the file, or its first 8 digits or more, for an address or a model of timm; not needed where the file's name ends with it.",
        HelpName = "HEX",
    };

    private readonly Option<bool> _json = CommonOptions.Json();

    internal FetchVerb(CliContext context)
        : base(
            context,
            "fetch",
            "Downloads published weights and data from their official addresses, checks their hashes, and prints their paths. Interrupted downloads are resumed.",
            "espalier fetch resnet50",
            "espalier classify resnet50 --weights \"$(espalier fetch resnet50)\" dog.jpg",
            "espalier fetch https://github.com/huggingface/pytorch-image-models/releases/download/v0.1-weights/resnet50_ram-a26f946b.pth",
            "espalier evaluate cifar_resnet56 --weights resnet56-4bfd9763.th --data \"$(espalier fetch cifar10)\"")
    {
        this.AddAll(_name, _list, _cache, _mirror, _sha256, _json);
    }

    private protected override int Run(ParseResult parsed)
    {
        if (parsed.GetValue(_list))
        {
            List().Show(Terminal, parsed.GetValue(_json));
            return ExitCode.Success;
        }

        string name = parsed.GetValue(_name) ?? throw new EspalierException("give a name to download, as in 'espalier fetch resnet50', or --list to list the available ones");
        Uri? mirror = Mirror(parsed.GetValue(_mirror));
        string? sha256 = parsed.GetValue(_sha256);
        string path = "";
        ProgressBar.Run(Terminal, name, 1, (ProgressBar? bar) =>
        {
            var options = new FetchOptions { Folder = parsed.GetValue(_cache), Mirror = mirror, Sha256 = sha256, Note = Terminal.Note };
            var progress = new DirectProgress<FetchProgress>(arrived => bar?.Report(arrived.Received, arrived.Total ?? 0));
            path = PublishedFiles.FetchAsync(name, options, progress, Context.Cancellation).GetAwaiter().GetResult();
        });
        new Report(new ReportObject { { "name", name }, { "address", PublishedFiles.Find(name, mirror, sha256).Address.ToString() }, { "path", path } }) { Text = [path] }.Show(Terminal, parsed.GetValue(_json));
        return ExitCode.Success;
    }

    private static Report List() => new(ReportValue.List(PublishedFiles.Names))
    {
        Text = [.. PublishedFiles.Names.Select(name => (ReportPart)$"{name,-22}{PublishedFiles.AddressOf(name)}")],
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
