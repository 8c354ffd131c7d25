using System.Globalization;
using System.Text;
using Espalier.Inference;
using Microsoft.ML.OnnxRuntime;

namespace Espalier.Onnx.Tests;

/// <summary>The page docs/results/zoo.md: an introduction and a row for each network.</summary>
/// <param name="path">The file.</param>
internal sealed class ReportPage(string path)
{
    internal const string Variable = "ESPALIER_ZOO_REPORT";
    internal const string Choice = "ESPALIER_ZOO_REPORT_NETWORKS";

    private static readonly string s_introduction = string.Create(CultureInfo.InvariantCulture, $"""
        Written by `ESPALIER_KIT=/path/to/kit {Variable}=$PWD/docs/results/zoo.md dotnet test -c Release tests/Espalier.Onnx.Tests --filter FullyQualifiedName~ZooReport`, row by row, small networks first. The largest, resnetv2_152x4_bit, would need more than 20 GB of memory and is compared with neither.
        With `{Choice}=missing` only networks without a row are measured, with a regular expression only those whose name has a match; the others keep their rows.
        Machine: {TuningFingerprint.Of(new PredictorOptions(), 1).Processor} (name/family/model/stepping), {TuningFingerprint.Of(new PredictorOptions(), 1).InstructionSet}.

        Parameters, multiply-accumulates of one image, and the greatest difference of the CPU runtime's logits (float32), relative to the greatest logit, for parameters and an image from a formula ([tests/oracle](../../tests/oracle/README.md)):

        - to PyTorch's logits, computed in float64 by PyTorch 1.13 with torchvision 0.14, or with timm 0.9.16 for networks that torchvision lacks;
        - to those of ONNX Runtime {OrtEnv.Instance().GetVersionString()} (float32, CPU) for the network exported in opset 17.

        Parameters are as many as PyTorch's wherever it has been asked, which is for all networks of torchvision and all with a difference to PyTorch, and so are multiply-accumulates except for timm's. Each test run checks that this page has all networks of the zoo and their sizes.

        A dash stands where there are no logits of PyTorch: some of torchvision's above 60 million parameters, networks of timm for which none were computed, those whose answers on such numbers prove little, and names that neither library has. RepVGG's and MobileOne's with a difference to PyTorch have smaller images.
        The weights of norms are multiplied by the gain of the oracle, in both comparisons; by 0.8 or 0.85 for deep networks with attention that it lacks (seresnet152, 200d and 269d, seresnextaa201d_32x8d, ecaresnet200d and 269d, resnetrs200 to 420, resnest101e, efficientnet_v2_l), where without it one unit in the last place of the input moves the logits by more than 1e-4.

        """);

    /// <summary>The rows that the file has, by name; none where there is no file.</summary>
    internal Dictionary<string, ReportRow> Read() =>
        File.Exists(path) ? File.ReadLines(path).Select(ReportRow.Parse).OfType<ReportRow>().ToDictionary(row => row.Name) : [];

    /// <summary>Throws unless the file's rows were measured as those that are added will be.</summary>
    internal void RequireSameConditions() =>
        Assert.True(
            File.ReadAllText(path).Contains(s_introduction, StringComparison.Ordinal),
            $"{path} was measured with another processor, ONNX Runtime or text: expected the introduction{Environment.NewLine}{s_introduction}{Environment.NewLine}Without {Choice} all rows are measured.");

    /// <summary>Replaces the file.</summary>
    /// <param name="names">All networks, in the order of the rows.</param>
    /// <param name="rows">What was measured.</param>
    internal void Write(IEnumerable<string> names, IReadOnlyDictionary<string, ReportRow> rows)
    {
        string[] missing = [.. names.Where(name => !rows.ContainsKey(name))];
        var page = new StringBuilder("# The zoo beside PyTorch and ONNX Runtime\n\n");
        page.Append(missing.Length == 0 ? "" : $"**Not measured yet: {string.Join(", ", missing)}.**\n\n");
        page.Append(s_introduction).Append("""

            | network | family | input | parameters | MACs | PyTorch | ONNX Runtime |
            |---|---|---|---:|---:|---:|---:|

            """);
        page.AppendJoin("", names.Where(rows.ContainsKey).Select(name => $"{rows[name]}\n"));
        string draft = $"{path}.new";
        File.WriteAllText(draft, page.ToString().ReplaceLineEndings("\n"));
        File.Move(draft, path, overwrite: true);
    }
}
