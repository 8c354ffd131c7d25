namespace Espalier.Cli.Tests.Terminals;

/// <summary>How a verb is tried in terminals.</summary>
/// <param name="Arguments">A short run, given the files and a folder for what it writes.</param>
internal sealed record VerbCase(Func<Workplace, string, string[]> Arguments)
{
    /// <summary>A run that shows a bar and lasts until it is interrupted, or <see langword="null"/>.</summary>
    internal Func<Workplace, string, string[]>? Lasting { get; init; }

    /// <summary>Why there is no such run.</summary>
    internal string WhyNotLasting { get; init; } = "";

    /// <summary>Whether it prints times, which differ from run to run.</summary>
    internal bool HasTimes { get; init; }

    /// <summary>Whether a run takes seconds.</summary>
    internal bool IsSlow { get; init; }

    /// <summary>Whether an interrupted run says how to go on.</summary>
    internal bool GoesOn { get; init; }

    private static readonly string[] Training = ["--threads", "1", "--batch", "20"];

    /// <summary>Every verb has its case.</summary>
    internal static Dictionary<Type, VerbCase> All { get; } = new()
    {
        [typeof(DemoVerb)] = new((_, folder) => ["demo", "--images", "100", "--epochs", "1", "--out", folder])
        {
            Lasting = (_, folder) => ["demo", "--epochs", "1000", "--out", folder],
            HasTimes = true,
            IsSlow = true,
        },
        [typeof(ModelsVerb)] = new((_, _) => ["models"]) { WhyNotLasting = "lists the zoo within a second", IsSlow = true },
        [typeof(DevicesVerb)] = new((_, _) => ["devices"]) { WhyNotLasting = "lists what the drivers know" },
        [typeof(SummaryVerb)] = new((files, _) => ["summary", files.Model, "--nodes", "--stages"]) { WhyNotLasting = "counts what is in a network within a second" },
        [typeof(FetchVerb)] = new((_, _) => ["fetch", "--list"]) { Lasting = (files, folder) => ["fetch", "resnet18-00000000", "--mirror", files.Server, "--cache", folder] },
        [typeof(InspectVerb)] = new((files, _) => ["inspect", files.Model]) { WhyNotLasting = "reads a file and tells what is in it" },
        [typeof(ClassifyVerb)] = new((files, _) => ["classify", Workplace.Network, files.Picture]) { Lasting = (files, _) => ["classify", "resnet18", files.Pictures] },
        [typeof(ExplainVerb)] = new((files, folder) => ["explain", Workplace.Network, files.Picture, "--cam", "score-cam", "-o", folder]) { Lasting = (files, folder) => ["explain", "resnet18", files.Pictures, "--cam", "score-cam", "-o", folder] },
        [typeof(EvaluateVerb)] = new((files, _) => ["evaluate", files.Model, "--data", files.Data]) { Lasting = (_, _) => ["evaluate", "resnet18", "--classes", "10", "--data", "shapes"], HasTimes = true },
        [typeof(TrainVerb)] = new((files, folder) => ["train", Workplace.Network, "--data", files.Data, "-o", folder, "--epochs", "2", .. Training])
        {
            Lasting = (files, folder) => ["train", Workplace.Network, "--data", files.Data, "-o", folder, "--epochs", "10000", .. Training],
            HasTimes = true,
            GoesOn = true,
        },
        [typeof(FinetuneVerb)] = new((files, folder) => ["finetune", files.Model, "--data", files.Data, "-o", folder, "--epochs", "2", .. Training])
        {
            Lasting = (files, folder) => ["finetune", files.Model, "--data", files.Data, "-o", folder, "--epochs", "10000", .. Training],
            HasTimes = true,
            GoesOn = true,
        },
        [typeof(DegradationVerb)] = new((files, folder) => ["degradation", "--depths", "8,14", "--data", files.Data, "-o", folder, "--epochs", "1", .. Training])
        {
            Lasting = (files, folder) => ["degradation", "--depths", "8,14", "--data", files.Data, "-o", folder, "--epochs", "10000", .. Training],
            HasTimes = true,
            GoesOn = true,
        },
        [typeof(ConvertVerb)] = new((files, folder) => ["convert", files.Model, $"{folder}.pth"]) { WhyNotLasting = "shows no progress: it reads and writes a file" },
        [typeof(FoldVerb)] = new((files, folder) => ["fold", files.Model, "--verify", "random", "-o", $"{folder}.espalier"]) { WhyNotLasting = "shows no progress: even the largest networks fold within seconds" },
        [typeof(ExpandVerb)] = new((files, folder) => ["expand", files.Model, "--block", "acb", "-o", $"{folder}.espalier"]) { WhyNotLasting = "shows no progress, as 'fold'" },
        [typeof(PruneVerb)] = new((files, folder) => ["prune", files.Model, "--method", "l1", "--amount", "0.5", "--data", files.Data, "-o", $"{folder}.espalier"])
        {
            Lasting = (files, folder) => ["prune", files.Model, "--method", "l1", "--amount", "0.5", "--data", files.Data, "--recover", "10000", "--batch", "20", "-o", $"{folder}.espalier"],
            GoesOn = true,
        },
        [typeof(QuantizeVerb)] = new((files, folder) => ["quantize", files.Model, "--data", files.Data, "--images", "8", "-o", $"{folder}.espalier"])
        {
            Lasting = (_, folder) => ["quantize", "cifar_resnet110", "--data", "shapes", "--images", "10000", "-o", $"{folder}.espalier"],
        },
        [typeof(SensitivityVerb)] = new((files, _) => ["sensitivity", files.Model, "--samples", "1"]) { Lasting = (_, _) => ["sensitivity", "resnet50", "--samples", "64"] },
        [typeof(HistoryVerb)] = new((files, _) => ["history", files.Ledger]) { WhyNotLasting = "reads a file and prints it" },
        [typeof(ReportVerb)] = new((files, folder) => ["report", files.Model, "--data", files.Data, "-o", $"{folder}.html"])
        {
            Lasting = (_, folder) => ["report", "resnet18", "--classes", "10", "--data", "shapes", "-o", $"{folder}.html"],
        },
        [typeof(CompletionVerb)] = new((_, _) => ["completion", "bash"]) { WhyNotLasting = "prints a script" },
        [typeof(RunVerb)] = new((files, _) => ["run", files.Model, files.Array]) { WhyNotLasting = "shows no progress: it runs a network on an array" },
        [typeof(ServeVerb)] = new((files, _) => ["serve", files.Model, "--check"]) { WhyNotLasting = "shows no progress: it serves until it is told to stop" },
        [typeof(HelpVerb)] = new((_, _) => ["help", "classify"]) { WhyNotLasting = "prints a page" },
        [typeof(CompareVerb)] = new((files, _) => ["compare", files.Model, "cifar_plain8"]) { WhyNotLasting = "shows no progress: it runs two networks on a few samples" },
        [typeof(BenchVerb)] = new((_, _) => ["bench", Workplace.Network, "--layers", "--repeat", "2", "--warmup", "1", "--threads", "1"])
        {
            Lasting = (_, _) => ["bench", Workplace.Network, "--repeat", "1000000"],
            HasTimes = true,
        },
    };

    /// <summary>The verbs by name, so that a test's name tells which it is about.</summary>
    internal static VerbCase Of(string verb) => All.Single(each => NameOf(each.Key) == verb).Value;

    /// <summary>The names of the verbs whose case is of a kind.</summary>
    internal static TheoryData<string> Names(Func<VerbCase, bool> chosen) => [.. All.Where(each => chosen(each.Value)).Select(each => NameOf(each.Key))];

    private static string NameOf(Type verb) => verb.Name.Replace("Verb", "", StringComparison.Ordinal);
}
