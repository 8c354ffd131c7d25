using System.Globalization;
using System.Text.Json;

namespace Espalier.Cli.Tests.Classes;

/// <summary>A verb that leads from data with classes to a model's outputs, and how many images it is right about.</summary>
/// <param name="Name">The verb.</param>
/// <param name="Arguments">Its arguments behind model and data.</param>
/// <param name="Option">The option that takes the data.</param>
/// <param name="Right">How many images of the data the model is right about, from the JSON that the verb prints and their number.</param>
/// <param name="Output">The model file that it writes, if it does.</param>
internal sealed record ClassVerb(string Name, string Option, string[] Arguments, Func<JsonElement, int, int> Right, string? Output = null)
{
    /// <summary>One line for each path from data to outputs.</summary>
    internal static readonly ClassVerb[] All =
    [
        new("evaluate", "--data", [], (json, _) => json.GetProperty("top1_correct").GetInt32()),
        new("finetune", "--data", ["-o", "run", "--epochs", "1", "--lr", "1e-9", "--batch", "8", "--augment", "none"], (json, count) => Count(json.GetProperty("history")[0].GetProperty("validation_accuracy"), count), "run/model.espalier"),
        new("prune", "--data", ["--method", "l1", "--amount", "1", "-o", "out.espalier"], (json, count) => Count(json.GetProperty("steps")[0].GetProperty("accuracy"), count), "out.espalier"),
        new("prune", "--data", ["--method", "taylor", "--amount", "0.05", "-o", "out.espalier"], (json, count) => Count(json.GetProperty("steps")[1].GetProperty("accuracy"), count), "out.espalier"),
        new("prune", "--data", ["--channels", "--importance", "taylor", "--amount", "0.05", "-o", "out.espalier"], (json, count) => Count(json.GetProperty("steps")[0].GetProperty("accuracy"), count), "out.espalier"),
        new("prune", "--data", ["--blocks", "layer1.0", "--empty-stages", "-o", "out.espalier"], (json, count) => Count(json.GetProperty("steps")[0].GetProperty("accuracy"), count), "out.espalier"),
        new("prune", "--data", ["--method", "l1", "--amount", "0.01", "--recover", "1", "--lr", "1e-9", "--batch", "8", "--augment", "none", "-o", "out.espalier"], (json, count) => Count(json.GetProperty("steps")[2].GetProperty("accuracy"), count), "out.espalier"),
        new("sensitivity", "--data", ["--amounts", "0.1", "--scope", "conv1"], (json, count) => Count(json.GetProperty("whole"), count)),
        new("fold", "--verify", ["-o", "out.espalier"], (json, _) => json.GetProperty("verify").GetProperty("top1_after").GetInt32(), "out.espalier"),
        new("expand", "--verify", ["--block", "acb", "-o", "out.espalier"], (json, _) => json.GetProperty("verify").GetProperty("top1_after").GetInt32(), "out.espalier"),
        new("quantize", "--verify", ["--data", "DATA", "-o", "out.espalier"], (json, _) => json.GetProperty("verify").GetProperty("top1_after").GetInt32(), "out.espalier"),
        new("explain", "--data", ["--images", "1", "-o", "run"], (json, _) => json.GetProperty("evaluation").GetProperty("top1_correct").GetInt32()),
        new("report", "--data", ["-o", "report.html"], (json, count) => Count(json.GetProperty("models")[0].GetProperty("top1"), count)),
        new("compare", "--data", ["colours.espalier"], (json, count) => Count(json.GetProperty("b").GetProperty("accuracy"), count)),
    ];

    /// <summary>Verbs whose networks are made for the data's classes, so that there is nothing to match: a network's labels are the data's.</summary>
    internal static readonly string[] Fresh = ["train", "degradation"];

    /// <summary>Its command line for a model and data; files are in a folder.</summary>
    internal string[] CommandLine(TemporaryFolder folder, string model, string data, params string[] more)
    {
        IEnumerable<string> arguments = Arguments.Select(argument => argument is "run" or "report.html" || argument.EndsWith(".espalier", StringComparison.Ordinal) ? folder.File(argument) : argument is "DATA" ? data : argument);
        return Name == "compare" ? [Name, model, .. arguments, Option, data, "--json", .. more] : [Name, model, Option, data, "--threads", "1", "--json", .. arguments, .. more];
    }

    public override string ToString() => $"{Name} {string.Join(' ', Arguments)}";

    private static int Count(JsonElement share, int count)
    {
        double right = share.GetDouble() * count;
        Assert.Equal(Math.Round(right), right, 1e-6);
        return int.Parse(Math.Round(right).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
