using Espalier.Cli.Tests.Terminals;

namespace Espalier.Cli.Tests.Machine;

/// <summary>A command line that writes files.</summary>
/// <param name="Verb">The verb's type.</param>
/// <param name="Arguments">The command line, given the files to read and the folder to write to.</param>
/// <param name="Files">The files that it writes, relative to the folder.</param>
internal sealed record WritingCase(Type Verb, Func<Workplace, string, string[]> Arguments, params string[] Files)
{
    private static readonly string[] s_training = ["--threads", "1", "--batch", "8", "--validation-share", "0.2", "--checkpoint-steps", "1", "--resume"];

    /// <summary>Whether the same command continues what a killed one has done.</summary>
    internal bool Resumes { get; init; }

    /// <summary>Whether the files hold times, which differ from run to run.</summary>
    internal bool HasTimes { get; init; }

    /// <summary>Whether a run takes several seconds.</summary>
    internal bool IsSlow { get; init; }

    /// <summary>Verbs that write no file, whatever their options.</summary>
    internal static IReadOnlyList<Type> WithoutFiles { get; } = [typeof(CompareVerb), typeof(CompletionVerb), typeof(HelpVerb), typeof(ServeVerb)];

    internal static Dictionary<string, WritingCase> All { get; } = new()
    {
        ["convert to a compact model file"] = new(typeof(ConvertVerb), (files, folder) => ["convert", files.Model, $"{folder}/out.espalier", "--compact"], "out.espalier"),
        ["convert to a checkpoint"] = new(typeof(ConvertVerb), (files, folder) => ["convert", files.Model, $"{folder}/out.pth", "--shapes", $"{folder}/out.shapes.json"], "out.pth", "out.shapes.json"),
        ["convert to safetensors"] = new(typeof(ConvertVerb), (files, folder) => ["convert", files.Model, $"{folder}/out.safetensors"], "out.safetensors"),
        ["convert to an ONNX network"] = new(typeof(ConvertVerb), (files, folder) => ["convert", files.Model, $"{folder}/out.onnx"], "out.onnx"),
        ["fold"] = new(typeof(FoldVerb), (files, folder) => ["fold", files.Model, "-o", $"{folder}/out.espalier"], "out.espalier"),
        ["expand"] = new(typeof(ExpandVerb), (files, folder) => ["expand", files.Model, "--block", "acb", "-o", $"{folder}/out.espalier"], "out.espalier"),
        ["prune"] = new(typeof(PruneVerb), (files, folder) => ["prune", files.Model, "--method", "l1", "--amount", "0.5", "-o", $"{folder}/out.espalier"], "out.espalier"),
        ["prune in steps"] = new(typeof(PruneVerb), (files, folder) => ["prune", files.Model, "--method", "l1", "--amount", "0.5", "--data", files.Data, "--steps", "2", "--recover", "1", "--batch", "8", "--validation-share", "0.2", "--threads", "1", "--resume", "-o", $"{folder}/out.espalier"], "out.espalier")
        {
            Resumes = true,
            IsSlow = true,
        },
        ["quantize"] = new(typeof(QuantizeVerb), (files, folder) => ["quantize", files.Model, "--data", files.Data, "--images", "8", "--observer", "min-max", "-o", $"{folder}/out.espalier", "--csv", $"{folder}/noise.csv", "--svg", $"{folder}/noise.svg"], "out.espalier", "noise.csv", "noise.svg"),
        ["run"] = new(typeof(RunVerb), (files, folder) => ["run", files.Model, files.Array, "-o", $"{folder}/out.npy"], "out.npy"),
        ["evaluate"] = new(typeof(EvaluateVerb), (files, folder) => ["evaluate", files.Model, "--data", files.Data, "--csv", $"{folder}/classes.csv", "--confusion", $"{folder}/confusion.csv"], "classes.csv", "confusion.csv"),
        ["sensitivity"] = new(typeof(SensitivityVerb), (files, folder) => ["sensitivity", files.Model, "--samples", "1", "--csv", $"{folder}/all.csv", "--svg", $"{folder}/map.svg", "--amounts-csv", $"{folder}/amounts.csv"], "all.csv", "map.svg", "amounts.csv"),
        ["history"] = new(typeof(HistoryVerb), (files, folder) => ["history", files.Ledger, "--svg", $"{folder}/chart.svg", "--csv", $"{folder}/steps.csv"], "chart.svg", "steps.csv"),
        ["report"] = new(typeof(ReportVerb), (files, folder) => ["report", files.Ledger, "--against", files.Model, "-o", $"{folder}/out.html"], "out.html"),
        ["inspect"] = new(typeof(InspectVerb), (files, folder) => ["inspect", files.Model, "--csv", $"{folder}/tensors.csv"], "tensors.csv"),
        ["summary"] = new(typeof(SummaryVerb), (files, folder) => ["summary", files.Model, "--nodes", "--csv", $"{folder}/nodes.csv"], "nodes.csv"),
        ["models"] = new(typeof(ModelsVerb), (_, folder) => ["models", "--csv", $"{folder}/models.csv"], "models.csv"),
        ["devices"] = new(typeof(DevicesVerb), (_, folder) => ["devices", "--csv", $"{folder}/devices.csv"], "devices.csv"),
        ["classify"] = new(typeof(ClassifyVerb), (files, folder) => ["classify", files.Model, files.Picture, "--csv", $"{folder}/answers.csv"], "answers.csv"),
        ["explain"] = new(typeof(ExplainVerb), (files, folder) => ["explain", files.Model, files.Picture, "--csv", $"{folder}/rows.csv", "-o", folder], "rows.csv", "picture.png.grad-cam.png", "picture.png.grad-cam.json"),
        ["explain a network"] = new(typeof(ExplainVerb), (files, folder) => ["explain", files.Model, "--data", files.Data, "--images", "4", "-o", folder], "network.json", "weights.svg", "channel-norms.svg", "filters.png", "activations.svg", "confusion.svg", "worst.png"),
        ["tuned kernels"] = new(typeof(BenchVerb), (_, _) => ["bench", Workplace.Network, "--warmup", "0", "--repeat", "1", "--threads", "1", "--tune"]) { HasTimes = true },
        ["fetch"] = new(typeof(FetchVerb), (files, folder) => ["fetch", Workplace.Published, "--mirror", files.Mirror, "--cache", folder], $"{Workplace.Published}.pth") { Resumes = true },
        ["train"] = new(typeof(TrainVerb), (files, folder) => ["train", Workplace.Network, "--data", files.Data, "-o", $"{folder}/run", "--epochs", "2", .. s_training], "run/model.espalier") { Resumes = true },
        ["finetune"] = new(typeof(FinetuneVerb), (files, folder) => ["finetune", files.Model, "--data", files.Data, "-o", $"{folder}/run", "--epochs", "2", .. s_training], "run/model.espalier") { Resumes = true },
        ["degradation"] = new(typeof(DegradationVerb), (files, folder) => ["degradation", "--depths", "8,14", "--data", files.Data, "-o", $"{folder}/run", "--epochs", "1", "--threads", "1", "--batch", "20"], "run/degradation.csv", "run/degradation.svg")
        {
            Resumes = true,
            IsSlow = true,
        },
        ["demo"] = new(typeof(DemoVerb), (_, folder) => ["demo", "--images", "100", "--epochs", "1", "--threads", "1", "--image", $"{folder}/picture.png", "--out", $"{folder}/journey"], "picture.png", "journey/journey.svg", "journey/curves.svg")
        {
            HasTimes = true,
            IsSlow = true,
        },
    };

    internal static TheoryData<string> Names => [.. All.Keys];

    /// <summary>The environment of a run: the cache is in the folder too.</summary>
    internal static (string, string) Cache(string folder) => ("ESPALIER_CACHE", Path.Combine(folder, "cache"));

    /// <summary>Starts it in a folder.</summary>
    internal Child Start(Workplace files, string folder) => Child.Start(Arguments(files, folder), Cache(folder));

    /// <summary>Runs it to its end in a folder.</summary>
    internal Task<CliRun> Run(Workplace files, string folder) => Child.Run(Arguments(files, folder), Cache(folder));
}
