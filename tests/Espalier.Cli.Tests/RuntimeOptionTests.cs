using System.Text.Json;
using Espalier.Accelerated;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;

namespace Espalier.Cli.Tests;

public sealed class RuntimeOptionTests
{
    /// <summary>What is run, without the runtime, and the figures of its JSON that a runtime computes.</summary>
    public static TheoryData<string, string> Verbs => new()
    {
        { "classify MODEL IMAGES --top 10", "logit" },
        { "explain MODEL IMAGES --class 1 --occlusion --patch 16 -o RUN", "peak" },
        { "evaluate MODEL --data IMAGES", "loss" },
        { "report MODEL --data IMAGES -o RUN.html", "loss" },
        { "compare MODEL PRUNED", "relative_difference" },
        { "compare MODEL PRUNED --data IMAGES", "relative_difference" },
        { "fold MODEL --dry-run", "relative_difference" },
        { "expand MODEL --block acb --gamma 0.1 --dry-run", "relative_difference" },
        { "prune MODEL --blocks 1 --empty-stages --data IMAGES --dry-run", "score" },
        { "quantize MODEL --data IMAGES --observer min-max --weight-scales greatest --no-equalize --no-correct-bias --dry-run", "scale" }, // of the network in floating point: roundings may differ by a quantum
        { "sensitivity MODEL --by group --amounts 0.5", "value" },
        { "finetune MODEL --data IMAGES --epochs 1 --batch 2 -o RUN", "train_loss" },
        { "train cifar_resnet8 --data IMAGES --epochs 1 --batch 2 -o RUN", "train_loss" },
        { "prune MODEL --method l1 --amount 0.5 --data IMAGES --recover 1 --batch 2 -o RUN.espalier", "macs" },
    };

    [Theory]
    [MemberData(nameof(Verbs))]
    public void The_reference_says_what_the_cpu_says(string line, string figure)
    {
        double[] cpu = Figures(line, figure, "cpu"), reference = Figures(line, figure, "reference");

        Assert.NotEmpty(cpu);
        Assert.Equal(cpu.Length, reference.Length);
        Assert.All(cpu.Zip(reference), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * Math.Max(1, Math.Abs(pair.First))));
        if (figure != "macs") // which are counted, not computed
        {
            Assert.NotEqual(cpu, reference); // they round differently, or the option would have changed nothing
        }
    }

    [Fact]
    public void Time_is_measured_on_the_runtime_and_the_lineage_says_so()
    {
        using var folder = new TemporaryFolder();
        string model = Write(folder, "model.espalier", Small()), timed = folder.File("timed.espalier");
        double cpu = Bench("cpu"), reference = Bench("reference");
        Assert.True(reference > 3 * cpu, $"{reference} ms by the naive kernels, {cpu} ms by the CPU's");

        CliRun.Of("prune", model, "--method", "l1", "--amount", "0.5", "-o", timed, "--measure", "--runtime", "reference", "--json").Json();
        Assert.Equal(["reference", "reference"], ModelFile.Read(timed).Metadata.Lineage.Select(entry => entry.Settings.Single(setting => setting.Name == "timed_on").Value));

        CliRun.Of("convert", model, timed, "--compact", "--measure", "--json").Json();
        Assert.DoesNotContain(ModelFile.Read(timed).Metadata.Lineage[^1].Settings, setting => setting.Name == "timed_on");

        double Bench(string runtime) => CliRun.Of("bench", model, "--warmup", "0", "--repeat", "3", "--threads", "1", "--unfolded", "--runtime", runtime, "--json").Json().GetProperty("p50_ms").GetDouble();
    }

    [Fact]
    public void Names_that_there_are_not_and_options_of_another_runtime_are_refused_at_once()
    {
        using var folder = new TemporaryFolder();
        string images = TinyData.WriteFolders(folder, 1);
        Assert.Contains("there is no runtime 'abacus'; expected cpu, reference or accelerator", CliRun.Of("classify", "nowhere.espalier", images, "--runtime", "abacus").UserError(), StringComparison.Ordinal);
        Assert.Contains("--tune chooses kernels of the runtime cpu", CliRun.Of("classify", "nowhere.espalier", images, "--runtime", "reference", "--tune").UserError(), StringComparison.Ordinal);
        Assert.Contains("--tune chooses kernels of the runtime cpu", CliRun.Of("bench", "nowhere.espalier", "--runtime", "reference", "--tune").UserError(), StringComparison.Ordinal);
        Assert.Contains("--layers shows the steps of the runtime cpu; --runtime reference has none to show", CliRun.Of("bench", "nowhere.espalier", "--runtime", "reference", "--layers").UserError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_are_named_by_number()
    {
        using var folder = new TemporaryFolder();
        string images = TinyData.WriteFolders(folder, 1);
        Assert.Contains("--device is for --runtime accelerator; --runtime is cpu", CliRun.Of("bench", "resnet18", "--device", "0").UserError(), StringComparison.Ordinal);
        Assert.Contains("--device takes the number of a device or 'emulated', found 'gpu'", CliRun.Of("classify", "nowhere.espalier", images, "--runtime", "accelerator", "--device", "gpu").UserError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_accelerator_one_line_says_so_and_the_cpu_is_used()
    {
        Assert.SkipUnless(AcceleratorDevice.All.IsEmpty, "this machine has an accelerator");
        using var folder = new TemporaryFolder();
        string model = Write(folder, "model.espalier", Small()), images = TinyData.WriteFolders(folder, 1);

        CliRun cpu = CliRun.Of("classify", model, images, "--json"), accelerator = CliRun.Of("classify", model, images, "--json", "--runtime", "accelerator", "--device", "0");

        Assert.Equal(cpu.Out, accelerator.Out);
        Assert.Equal(cpu.Error + "note: the runtime cpu is used: there is no accelerator: no CUDA driver and no OpenCL device of a graphics processor was found\n", accelerator.Error);
        Assert.Contains("No accelerator was found", CliRun.Of("devices").Out, StringComparison.Ordinal);
        Assert.Equal("[]", CliRun.Of("devices", "--json").Out.Trim());
    }

    [Fact]
    public void A_network_runs_on_the_emulated_device_and_one_of_8_bits_on_the_cpu()
    {
        using var folder = new TemporaryFolder();
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(2, 4, 4).Conv2d("conv", 3, 3, padding: 1, bias: true).Relu("relu").GlobalAveragePool("pool").Flatten("flat"));
        string model = Write(folder, "tiny.espalier", new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None)), input = folder.File("x.npy");
        NpyFile.Write(input, CounterFill.Input([1, 2, 4, 4]));
        float[] cpu = Output("cpu"), emulated = Output("accelerator", "--device", "emulated");
        Assert.NotEqual(0, cpu.Max());
        Assert.All(cpu.Zip(emulated), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * cpu.Max()));

        string whole = Write(folder, "model.espalier", Small()), small = folder.File("small.espalier"), images = TinyData.WriteFolders(folder, 4);
        CliRun.Of("quantize", whole, "--data", images, "--observer", "min-max", "-o", small, "--json").Json();
        CliRun expected = CliRun.Of("classify", small, images, "--json"), run = CliRun.Of("classify", small, images, "--json", "--runtime", "accelerator", "--device", "emulated");
        Assert.Equal(expected.Out, run.Out);
        Assert.Matches("note: the runtime cpu is used: networks of 8-bit values run on the runtime cpu only \\('.*' rounds to them\\)\n", run.Error);

        float[] Output(params string[] runtime)
        {
            string output = folder.File("y.npy");
            CliRun run = CliRun.Of(["run", model, input, "-o", output, "--json", "--runtime", .. runtime]);
            Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
            return NpyFile.Read(output).Read<float>().ToArray();
        }
    }

    private static double[] Figures(string line, string figure, string runtime)
    {
        using var folder = new TemporaryFolder();
        Model small = Small();
        string model = Write(folder, "model.espalier", small), pruned = Write(folder, "pruned.espalier", small.Prune(new WeightPruning { Target = PruningTarget.Fraction(0.5) }).Model);
        string text = line.Replace("MODEL", model, StringComparison.Ordinal).Replace("PRUNED", pruned, StringComparison.Ordinal)
            .Replace("IMAGES", TinyData.WriteFolders(folder, 10), StringComparison.Ordinal).Replace("RUN", folder.File("run"), StringComparison.Ordinal);
        return [.. Numbers(CliRun.Of([.. text.Split(' '), "--threads", "2", "--runtime", runtime, "--json"]).Json(), figure)];
    }

    private static Model Small() => Zoo.Create("cifar_resnet8").Initialize(1);

    private static string Write(TemporaryFolder folder, string name, Model model)
    {
        string path = folder.File(name);
        ModelFile.Write(path, model);
        return path;
    }

    /// <summary>All numbers of a name, at any depth.</summary>
    private static IEnumerable<double> Numbers(JsonElement element, string name) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().SelectMany(each => Numbers(each, name)),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(each =>
            each.Name == name && each.Value.ValueKind == JsonValueKind.Number ? [each.Value.GetDouble()] : Numbers(each.Value, name)),
        _ => [],
    };
}
