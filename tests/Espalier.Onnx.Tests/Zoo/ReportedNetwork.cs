using System.Runtime.CompilerServices;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Onnx.Tests;

/// <summary>A network of docs/results/zoo.md.</summary>
/// <param name="Name">Its name in the zoo.</param>
/// <param name="Input">The shape of its input: the oracle's, or the zoo's where the oracle lacks the network.</param>
/// <param name="NormGain">What the weights of its norms are multiplied by.</param>
/// <param name="LogitsPath">Where PyTorch's logits are, or <see langword="null"/>.</param>
internal sealed record ReportedNetwork(string Name, Shape Input, float NormGain, string? LogitsPath)
{
    /// <summary>The most parameters of a network whose answers are compared: beyond, more than 20 GB of memory are needed.</summary>
    internal const long MostParameters = 500_000_000;

    /// <summary>The zoo's entries, then the oracle's networks that the zoo makes by name.</summary>
    internal static IEnumerable<ReportedNetwork> OfZooAndOracle()
    {
        Dictionary<string, string> named = Table.Rows(OracleFiles.Path("zoo_counts.tsv")).Select(row => row[0]).Distinct()
            .Where(name => NameInZoo(name) is not null).ToDictionary(name => NameInZoo(name)!);
        Dictionary<string, Shape> inputs = Table.Rows(OracleFiles.Path("zoo_counts.tsv")).DistinctBy(row => row[0]).ToDictionary(row => row[0], row => OracleNetworks.Shape(row[1]));
        Dictionary<string, OracleLogits> logits = OracleLogits.All.ToDictionary(each => each.Name);
        return Zoo.Names.Union(named.Keys).Select(name => !named.TryGetValue(name, out string? oracle) ? OfZoo(name, null)
            : logits.TryGetValue(oracle, out OracleLogits? each) ? new ReportedNetwork(name, each.Batch.WithoutFirst(), each.NormGain, OracleFiles.Path($"zoo/{oracle}.npy"))
            : new ReportedNetwork(name, inputs[oracle], NetworkExportTests.NormGain(name), null));
    }

    /// <summary>These with the logits that the kit has of timm, and timm's further names.</summary>
    internal static IReadOnlyList<ReportedNetwork> All()
    {
        Dictionary<string, ReportedNetwork> all = OfZooAndOracle().ToDictionary(network => network.Name);
        foreach (string name in Table.Rows(Kit.Path("timm/models.tsv")).Where(row => TimmNames.IsResidual(row[0]) && row[^1] == "yes").Select(row => row[0]))
        {
            if (!all.TryGetValue(name, out ReportedNetwork? known) || known.LogitsPath is null)
            {
                all[name] = OfZoo(name, Kit.Path($"timm/{name}.npy"));
            }
        }

        return [.. all.Values];
    }

    /// <summary>A network as the zoo makes it, without logits.</summary>
    internal static ReportedNetwork OfZoo(string name, string? logitsPath)
    {
        Graph graph = Zoo.Create(name).Graph;
        return new ReportedNetwork(name, graph.ShapeOf(graph.Input.Name), NetworkExportTests.NormGain(name), logitsPath);
    }

    /// <summary>The row of the page without the differences.</summary>
    internal ReportRow Size()
    {
        NetworkSummary summary = Create().Summarize();
        return new ReportRow(Name, Zoo.Find(Name).Family, Input.ToString(), summary.Parameters, summary.MultiplyAccumulates, null, null);
    }

    /// <summary>The row of the page: the network answers here, is exported, and answers in ONNX Runtime.</summary>
    internal ReportRow Measure()
    {
        ReportRow size = Size();
        if (size.Parameters > MostParameters)
        {
            return size;
        }

        using var folder = new TemporaryFolder();
        Tensor batch = CounterFill.Input(Input.Prepend(1));
        Tensor logits = Answer(batch, folder["model.onnx"]);
        Collect();
        Tensor there = OracleLogits.Joined(OnnxRuntimeOracle.Run(folder["model.onnx"], batch));
        Collect();
        return size with
        {
            PyTorch = LogitsPath is null ? null : Difference(NumpyFile.Read(LogitsPath), logits),
            OnnxRuntime = Difference(there, logits),
        };
    }

    // What is only NaN or infinite agrees with anything of the same kind.
    private static double Difference(Tensor expected, Tensor logits) =>
        expected.Read<float>().ToArray().All(float.IsFinite) ? Testing.Difference.Relative(expected, logits) : double.PositiveInfinity;

    // The name under which the zoo makes a network of the oracle, or null where only options do.
    private static string? NameInZoo(string oracle) => oracle.Split("__") switch
    {
        [string name] => name,
        [string name, "aux" or "plain" or "v1"] => oracle.Replace("__", "_", StringComparison.Ordinal),
        [string name, "option_b"] => $"{name}_b",
        _ => null,
    };

    // Several networks have gigabytes of parameters: those of one are gone before ONNX Runtime reads its file.
    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    // A method of its own, so that nothing holds the model afterwards.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Tensor Answer(Tensor batch, string path)
    {
        NetworkDefinition definition = Create();
        Model model = definition.With(RandomGraphs.ParametersFor(definition.Graph, NormGain));
        OnnxWriter.Write(model, path, new OnnxWriteOptions());
        using Predictor predictor = CpuRuntime.Instance.Prepare(model, new RunOptions { SingleShape = true });
        return OracleLogits.Joined(predictor.RunAll(batch)).Copy();
    }

    private NetworkDefinition Create()
    {
        NetworkDefinition definition = Zoo.Create(Name);
        return definition with { Graph = definition.Graph.WithInput(Input) };
    }
}
