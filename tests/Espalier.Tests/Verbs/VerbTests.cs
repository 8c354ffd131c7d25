using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Espalier.Cli;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Surgery;
using Espalier.Training;

namespace Espalier.Tests.Verbs;

/// <summary>Everything that the command line does takes at most ten lines on the library, with the same outcome.</summary>
public sealed class VerbTests : IDisposable
{
    private const int MostLines = 10;
    private const string Network = "cifar_resnet8"; // the smallest of its table

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _data;

    public VerbTests()
    {
        _model = TinyData.WriteModel(_folder);
        _data = TinyData.WriteCifar(_folder, 40);
    }

    private static TrainingOptions OneEpoch => new() { Epochs = 1, LearningRate = 0.1, Optimizer = new SgdOptions { Momentum = 0.9, WeightDecay = 1e-4 }, Threads = 1 };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_verb_is_here_in_at_most_ten_lines()
    {
        // Completion and help are about the command line itself; the program that serves as 'serve' does is the sample ModelServer, of seven lines, which SampleTests runs.
        string[] verbs = [.. typeof(Verb).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Verb)) && type != typeof(CompletionVerb) && type != typeof(HelpVerb) && type != typeof(ServeVerb)).Select(type => type.Name.Replace("Verb", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        string[] tasks = [.. typeof(VerbTasks).GetMethods(BindingFlags.Static | BindingFlags.NonPublic).Where(method => method.GetCustomAttribute<CompilerGeneratedAttribute>() is null && !method.Name.Contains('<', StringComparison.Ordinal)).Select(method => method.Name).Order(StringComparer.Ordinal)];
        Assert.Equal(verbs, tasks);
        Dictionary<string, int> lines = LinesOfTasks();
        Assert.Equal(verbs, lines.Keys.Order(StringComparer.Ordinal));
        Assert.All(lines, task => Assert.InRange(task.Value, 1, MostLines));
    }

    [Fact]
    public void Models() => Assert.Equal(
        Run("models", "--json").EnumerateArray().Select(entry => (entry.GetProperty("name").GetString()!, entry.GetProperty("parameters").GetInt64())),
        VerbTasks.Models());

    [Fact]
    public void Devices() => Assert.Equal(Run("devices", "--json").EnumerateArray().Select(device => device.GetProperty("name").GetString()!), VerbTasks.Devices());

    [Fact]
    public void Summary()
    {
        JsonElement verb = Run("summary", "resnet18", "--json");
        NetworkSummary task = VerbTasks.Summary("resnet18");
        Assert.Equal((verb.GetProperty("parameters").GetInt64(), verb.GetProperty("macs").GetInt64()), (task.Parameters, task.MultiplyAccumulates));
    }

    [Fact]
    public void Runs()
    {
        string input = _folder.File("x.npy"), verbs = _folder.File("verb.npy"), tasks = _folder.File("task.npy");
        NpyFile.Write(input, CounterFill.Input([2, 3, 32, 32]));
        Run("run", _model, input, "-o", verbs, "--batch", "1", "--json");
        VerbTasks.Run(_model, input, tasks);
        Assert.Equal(NpyFile.Read(verbs).Read<float>().ToArray(), NpyFile.Read(tasks).Read<float>().ToArray());
    }

    [Fact]
    public void Explain()
    {
        string photo = _folder.File("photo.png"), verbs = _folder.File("verb"), tasks = _folder.File("task");
        PngEncoder.Save(TinyData.Picture(1), photo);
        Run("explain", _model, photo, "-o", verbs, "--json");
        Assert.Equal("grad-cam", VerbTasks.Explain(_model, photo, tasks).Kind);
        Assert.Equal(File.ReadAllBytes(Path.Combine(verbs, "photo.png.grad-cam.png")), File.ReadAllBytes(tasks + ".png"));
    }

    [Fact]
    public void Inspect()
    {
        JsonElement verb = Run("inspect", _model, "--json");
        FileInspection task = VerbTasks.Inspect(_model);
        Assert.Equal((verb.GetProperty("description").GetString(), verb.GetProperty("network").GetProperty("name").GetString()), (task.Description, task.Network!.Name));
        Assert.Equal(verb.GetProperty("tensors").EnumerateArray().Select(tensor => tensor.GetProperty("name").GetString()), task.Tensors.Select(tensor => tensor.Name));
    }

    [Fact]
    public async Task Fetch()
    {
        byte[] content = new byte[1000];
        string name = $"resnet18-{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content))[..8]}";
        using var server = new FileServer(content);
        string verb = Run("fetch", name, "--mirror", server.Address, "--cache", _folder.File("verb"), "--json").GetProperty("path").GetString()!;

        string task = await VerbTasks.Fetch(name, new Uri(server.Address + "/"), _folder.File("task"), TestContext.Current.CancellationToken);

        Assert.Equal(Path.GetFileName(verb), Path.GetFileName(task));
        Assert.Equal(content, File.ReadAllBytes(task));
    }

    [Fact]
    public void Classify()
    {
        string photo = _folder.File("photo.png");
        PngEncoder.Save(TinyData.Picture(1), photo);
        JsonElement verb = Run("classify", _model, photo, "--top", "3", "--json")[0].GetProperty("predictions");

        ClassifiedImage task = Assert.Single(VerbTasks.Classify(_model, photo));

        Assert.Equal(verb.EnumerateArray().Select(p => (p.GetProperty("label").GetString()!, p.GetProperty("probability").GetDouble())), task.Predictions.Select(p => (p.Label, p.Probability)));
    }

    [Fact]
    public void Evaluate()
    {
        JsonElement verb = Run("evaluate", _model, "--data", _data, "--json");
        ClassificationReport task = VerbTasks.Evaluate(_model, _data);
        Assert.Equal(
            (verb.GetProperty("count").GetInt32(), verb.GetProperty("top1_correct").GetInt32(), verb.GetProperty("top5_correct").GetInt32(), verb.GetProperty("loss").GetDouble()),
            (task.Count, task.TopCorrect(1), task.TopCorrect(5), task.Loss));
    }

    [Fact]
    public void Train()
    {
        Run("train", Network, "--data", _data, "-o", _folder.File("verb"), "--epochs", "1", "--batch", "20", "--threads", "1", "--json");
        TrainingOutcome task = VerbTasks.Train(Network, _data, _folder.File("task"), OneEpoch);
        AssertSame(_folder.File("verb/model.espalier"), task.Model);
        AssertSame(_folder.File("task/model.espalier"), task.Model);
    }

    [Fact]
    public void Finetune()
    {
        Run("finetune", _model, "--data", _data, "-o", _folder.File("verb"), "--epochs", "1", "--batch", "20", "--threads", "1", "--head", "--lr", "0.1", "--json");
        AssertSame(_folder.File("verb/model.espalier"), VerbTasks.Finetune(_model, _data, _folder.File("task"), OneEpoch).Model);
    }

    [Fact]
    public void Degradation()
    {
        JsonElement verb = Run("degradation", "--depths", "8,14", "--data", _data, "-o", _folder.File("verb"), "--epochs", "1", "--batch", "20", "--threads", "1", "--json");
        Assert.Equal(
            verb.GetProperty("networks").EnumerateArray().ToDictionary(network => network.GetProperty("network").GetString()!, network => network.GetProperty("test_error").GetDouble()),
            VerbTasks.Degradation(_data, [8, 14], OneEpoch));
    }

    [Fact]
    public void Conversion()
    {
        Run("convert", _model, _folder.File("verb.pth"), "--json");
        SavedModel task = VerbTasks.Convert(_model, _folder.File("task.pth"));
        Assert.Equal(OutputFormat.Torch, task.Form);
        Assert.Equal(File.ReadAllBytes(_folder.File("verb.pth")), File.ReadAllBytes(_folder.File("task.pth")));
    }

    [Fact]
    public void Fold()
    {
        Run("fold", _model, "-o", _folder.File("verb.espalier"), "--json");
        AssertSame(_folder.File("verb.espalier"), VerbTasks.Fold(_model, _folder.File("task.espalier")).Model);
    }

    [Fact]
    public void Expand()
    {
        Run("expand", _model, "--block", "acb", "-o", _folder.File("verb.espalier"), "--json");
        AssertSame(_folder.File("verb.espalier"), VerbTasks.Expand(_model, "acb", _folder.File("task.espalier")).Model);
    }

    [Fact]
    public void Prune()
    {
        Run("prune", _model, "--method", "l1", "--amount", "0.5", "-o", _folder.File("verb.espalier"), "--json");
        AssertSame(_folder.File("verb.espalier"), VerbTasks.Prune(_model, 0.5, _folder.File("task.espalier")));
    }

    [Fact]
    public void Quantize()
    {
        JsonElement verb = Run("quantize", _model, "--data", _data, "--images", "20", "-o", _folder.File("verb.espalier"), "--json");
        QuantizedModel task = VerbTasks.Quantize(_model, _data, _folder.File("task.espalier"));
        AssertSame(_folder.File("verb.espalier"), task.Model);
        AssertSame(_folder.File("task.espalier"), task.Model);
        Assert.Equal(verb.GetProperty("noise").EnumerateArray().Select(row => row.GetProperty("decibels").GetDouble()), task.Noise.Select(value => value.Decibels));
    }

    [Fact]
    public void Sensitivity()
    {
        JsonElement verb = Run("sensitivity", _model, "--data", _data, "--samples", "10", "--amounts", "0.5", "--json");
        SensitivityScan task = VerbTasks.Sensitivity(_model, _data);
        Assert.Equal(verb.GetProperty("whole").GetDouble(), task.Whole);
        Assert.Equal(
            verb.GetProperty("curves").EnumerateArray().Select(curve => (curve.GetProperty("name").GetString()!, curve.GetProperty("points")[0].GetProperty("value").GetDouble())),
            task.Curves.Select(curve => (curve.Name, curve.Qualities[0])));
    }

    [Fact]
    public void History()
    {
        string folded = _folder.File("folded.espalier");
        VerbTasks.Fold(_model, folded);
        JsonElement verb = Run("history", folded, "--json").GetProperty("steps");
        Assert.Equal(verb.EnumerateArray().Select(step => step.GetProperty("action").GetString()!), VerbTasks.History(folded).Select(step => step.Entry.Action));
    }

    [Fact]
    public void Report()
    {
        string verb = _folder.File("verb.html"), task = _folder.File("task.html");
        Run("report", _model, "--data", _data, "-o", verb, "--json");
        VerbTasks.Report(_model, _data, task);
        Assert.Equal(File.ReadAllText(verb), File.ReadAllText(task));
    }

    [Fact]
    public void Compare()
    {
        string folded = _folder.File("folded.espalier");
        VerbTasks.Fold(_model, folded);
        JsonElement verb = Run("compare", _model, folded, "--json");
        ModelComparison task = VerbTasks.Compare(_model, folded);
        Assert.Equal(
            (verb.GetProperty("samples").GetInt32(), verb.GetProperty("same_class").GetInt32(), verb.GetProperty("maximum_difference").GetDouble()),
            (task.Samples, task.SameClass, task.Difference.Maximum));
    }

    [Fact]
    public void Bench() => Assert.InRange(VerbTasks.Bench(Network).Median, 0.001, 60_000);

    [Fact]
    public void Demo()
    {
        IReadOnlyList<LedgerStep> steps = VerbTasks.Demo(_folder.Path, OneEpoch);
        Assert.Equal(["train", "prune", "finetune", "fold"], steps.Select(step => step.Entry.Action));
        Assert.Equal("fold", ModelSource.Load(_folder.File("small.espalier")).History()[^1].Entry.Action);
    }

    private static void AssertSame(string file, Model model)
    {
        Model written = ModelFile.Read(file);
        Assert.Equal(written.Graph, model.Graph);
        Assert.Equal(written.Metadata.Labels, model.Metadata.Labels);
        Assert.All(written.Parameters, parameter => Assert.True(parameter.Value.Effective.BitEquals(model.Parameters[parameter.Key].Effective), parameter.Key));
    }

    private static JsonElement Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = CliApp.Run(arguments, new Terminal(output, error), TestContext.Current.CancellationToken);
        Assert.True(code == ExitCode.Success, $"exit code {code}: {error}");
        using JsonDocument document = JsonDocument.Parse(output.ToString());
        return document.RootElement.Clone();
    }

    /// <summary>For each method of <see cref="VerbTasks"/> the lines of its body that have code.</summary>
    private static Dictionary<string, int> LinesOfTasks([CallerFilePath] string thisFile = "")
    {
        string[] source = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(thisFile)!, "VerbTasks.cs"));
        var lines = new Dictionary<string, int>();
        for (int i = 0; i < source.Length; i++)
        {
            if (!source[i].StartsWith("    internal static ", StringComparison.Ordinal))
            {
                continue;
            }

            bool isBlock = source[i + 1] == "    {";
            lines[NameOf(source[i])] = isBlock
                ? source.Skip(i + 2).TakeWhile(line => line != "    }").Count(line => line.Trim() is not ("" or "{" or "}"))
                : source[i].EndsWith(';') ? 1 : source.Skip(i + 1).TakeWhile(line => line.Length > 0 && line != "}").Count();
        }

        return lines;
    }

    /// <summary>The word in front of the parameters; a tuple's parentheses come before.</summary>
    private static string NameOf(string declaration) => System.Text.RegularExpressions.Regex.Match(declaration, @"^    internal static .*? (\w+)\((?=[^()]*\)( =>|$))").Groups[1].Value;
}
