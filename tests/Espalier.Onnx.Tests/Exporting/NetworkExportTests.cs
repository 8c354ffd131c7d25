using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Testing;

namespace Espalier.Onnx.Tests;

/// <summary>Whole networks against ONNX Runtime.</summary>
public sealed class NetworkExportTests
{
    private const int SeedsInFull = 500;
    private const int Seeds = 60;
    internal const int SeedsAtOnce = 20;
    private const long MostParameters = 60_000_000;
    private const long MostMultiplyAccumulates = 5_000_000_000;
    private const long BytesPerParameter = 24; // the weights here and packed, in the file, and in ONNX Runtime

    // With the formula's norms, one unit in the last place of the input moves their logits by more than 1e-4 (measured here for all but seresnextaa201d_32x8d and efficientnet_v2_m, in ONNX Runtime for seresnet152 and resnest101e).
    private static readonly Dictionary<string, float> s_smallerGains = new()
    {
        ["seresnet152"] = 0.8f,
        ["seresnet200d"] = 0.8f,
        ["seresnet269d"] = 0.8f,
        ["seresnextaa201d_32x8d"] = 0.8f,
        ["ecaresnet200d"] = 0.8f,
        ["ecaresnet269d"] = 0.8f,
        ["resnetrs200"] = 0.8f,
        ["resnetrs270"] = 0.8f,
        ["resnetrs350"] = 0.8f,
        ["resnetrs420"] = 0.8f,
        ["resnest101e"] = 0.8f,
        ["efficientnet_v2_m"] = 0.94f, // as the oracle has it
        ["efficientnet_v2_l"] = 0.85f,
    };

    public static TheoryData<string> Names => [.. Zoo.Names];

    public static TheoryData<int> FirstSeeds => [.. Enumerable.Range(0, (FullRun.IsOn ? SeedsInFull : Seeds) / SeedsAtOnce).Select(i => i * SeedsAtOnce)];

    /// <summary>What the weights of a network's norms are multiplied by, so that rounding does not decide its answers.</summary>
    internal static float NormGain(string name) => s_smallerGains.GetValueOrDefault(name, 1);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_network_of_the_zoo_answers_the_same_in_ONNX_Runtime(string name)
    {
        NetworkDefinition definition = Zoo.Create(name);
        NetworkSummary summary = definition.Summarize();
        bool isLarge = summary.Parameters > MostParameters || summary.MultiplyAccumulates > MostMultiplyAccumulates;
        FullRun.Require(isLarge);
        FullRun.RequireOneOf(4, name);
        Assert.SkipWhen(summary.Parameters * BytesPerParameter > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2, "needs more than half of this machine's memory");
        Model model = definition.With(RandomGraphs.ParametersFor(definition.Graph, NormGain(name)));
        ExportCheck.Cpu(model, new OnnxWriteOptions(), 1);
    }

    [Theory]
    [MemberData(nameof(FirstSeeds))]
    public void Random_networks_answer_the_same_in_ONNX_Runtime(int first)
    {
        for (int seed = first; seed < first + SeedsAtOnce; seed++)
        {
            Model model = RandomGraphs.CreateModel((ulong)seed, new RandomGraphOptions { ManyOutputs = true });
            ExportCheck.Reference(model, new OnnxWriteOptions { Opset = OnnxWriteOptions.OldestOpset + (seed % 10) }, 1 + (seed % 3));
        }
    }

    [Fact]
    public void Masked_pruned_and_folded_networks_answer_the_same_in_ONNX_Runtime()
    {
        NetworkDefinition definition = Zoo.Create("cifar_resnet20");
        Model model = definition.With(RandomGraphs.ParametersFor(definition.Graph));
        Model narrow = model.Prune(new ChannelPruning { Target = PruningTarget.Fraction(0.4) }).Model;
        Model masked = narrow.Prune(new WeightPruning { Target = PruningTarget.Fraction(0.6) }).Model;
        Model folded = InferenceFolding.Fold(masked).After;
        Assert.Contains(masked.Parameters, parameter => parameter.Value.Mask is not null);
        Assert.DoesNotContain(folded.Graph.Nodes, node => node.Op is BatchNorm);
        foreach (Model each in new[] { model, narrow, masked, folded })
        {
            ExportCheck.Reference(each, new OnnxWriteOptions(), 2);
        }
    }
}
