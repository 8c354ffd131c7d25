namespace Espalier.Cli;

/// <summary>The report of <c>inspect</c>: the kind of a file, and command lines that use it.</summary>
internal static class InspectReport
{
    private const int ShownFacts = 20;

    internal static Report Of(FileInspection file)
    {
        ReportTable tensors = Tensors(file.Tensors);
        string[] commands = [.. Commands(file)];
        return new Report(new ReportObject
        {
            { "file", file.Path },
            { "kind", NameOf(file.Kind) },
            { "description", file.Description },
            { "bytes", file.Bytes },
            { "facts", Facts(file.Facts) },
            { "network", file.Network is { } network ? Network(network) : null },
            { "tensors", tensors },
            { "commands", ReportValue.List(commands) },
        })
        {
            Text =
            [
                $"{Visible.Text(file.Path)}: {Visible.Text(file.Description)}, {Amount.Bytes(file.Bytes)}",
                .. file.Facts.Take(ShownFacts).Select(fact => (ReportPart)$"{Visible.Text(fact.Key)}: {Visible.Text(fact.Value)}"),
                file.Facts.Count > ShownFacts ? $"and {file.Facts.Count - ShownFacts} more, which --json lists" : null,
                file.Tensors.Count > 0 ? "" : null,
                file.Tensors.Count > 0 ? tensors : null,
                file.Tensors.Count > 0 ? Totals(file.Tensors) : null,
                file.Network is { } found ? Line(found) : file.Tensors.Count > 0 ? "network: no similar one in the zoo" : null,
                commands.Length > 0 ? "to use it:" : null,
                .. commands.Select(ReportPart.Command),
            ],
            Rows = tensors,
        };
    }

    private static ReportTable Tensors(IReadOnlyList<InspectedTensor> tensors) => ReportTable.Of(tensors)
        .Text("tensor", "name", tensor => tensor.Name)
        .Number("shape", "shape", tensor => ReportValue.List(tensor.Shape.Extents), tensor => tensor.Shape.Rank == 0 ? "scalar" : tensor.Shape.ToString())
        .Text("type", "type", tensor => tensor.Type.ToString().ToLowerInvariant())
        .Count("zeros", "zeros", tensor => tensor.Zeros, zeros => zeros == 0 ? "" : Amount.Exact(zeros));

    private static string Totals(IReadOnlyList<InspectedTensor> tensors)
    {
        long numbers = tensors.Sum(tensor => tensor.Shape.Count);
        long zeros = tensors.Sum(tensor => tensor.Zeros ?? 0);
        return $"{Amount.Exact(tensors.Count)} tensors, {Amount.Exact(numbers)} elements{(numbers > 0 ? $", {Amount.Percent((double)zeros / numbers)} of them zero" : "")}";
    }

    private static string Line(NetworkMatch network)
    {
        string name = network.Name.Length == 0 ? "unnamed" : network.Name;
        string what = $"{name}, {Amount.Exact(network.Outputs)} outputs, input {network.Input}";
        string others = network.Alternatives.Count == 0 ? "" : $"; {string.Join(" or ", network.Alternatives)} would have the same parameters";
        return network.Reason is null ? $"network: {what}{(network.Rules.Count > 0 ? ", with other parameter names" : "")}{others}"
            : $"nearest network: {what}: {network.MatchingParameters} of {network.Parameters} parameters fit; {network.Reason}";
    }

    private static ReportObject Network(NetworkMatch network) => new()
    {
        { "name", network.Name },
        { "fits", network.Reason is null },
        { "parameters", network.Parameters },
        { "fitting", network.MatchingParameters },
        { "outputs", network.Outputs },
        { "input", ReportValue.List(network.Input.Extents) },
        { "rename", ReportValue.List(network.Rules.Select(rule => rule.ToString())) },
        { "alternatives", ReportValue.List(network.Alternatives) },
        { "reason", ReportValue.IfKnown(network.Reason) },
    };

    private static ReportObject Facts(IEnumerable<KeyValuePair<string, string>> facts)
    {
        var named = new ReportObject();
        foreach ((string name, string text) in facts.DistinctBy(fact => fact.Key))
        {
            named.Add(name, text);
        }

        return named;
    }

    /// <summary>Command lines that use a file; words in capitals are placeholders.</summary>
    private static IEnumerable<string> Commands(FileInspection file)
    {
        string path = CommandLine.Quote(file.Path);
        string model = CommandLine.Quote(Path.ChangeExtension(file.Path, ".espalier"));
        return file.Kind switch
        {
            FileKind.TorchZip or FileKind.TorchLegacyStream or FileKind.TorchLegacyTar or FileKind.Safetensors => OfWeights(file, path, model),
            FileKind.Model => [$"espalier classify {path} IMAGES", $"espalier evaluate {path} --data DATA", $"espalier summary {path}"],
            FileKind.TrainingCheckpoint => [$"espalier evaluate {path} --data DATA", $"espalier train … -o {CommandLine.Quote(Path.GetDirectoryName(Path.GetFullPath(file.Path))!)} --resume"],
            FileKind.ShapeList => [$"espalier convert CHECKPOINT OUT.espalier --shapes {path}"],
            FileKind.Labels => [$"espalier classify MODEL IMAGES --labels {path}"],
            FileKind.Amounts => [$"espalier prune MODEL --method l1 --amounts {path} -o OUT.espalier"],
            FileKind.Image => [$"espalier classify MODEL {path}"],
            FileKind.Cifar => [$"espalier evaluate MODEL --data {path}"],
            FileKind.Idx => [$"espalier evaluate MODEL --data {CommandLine.Quote(Path.GetDirectoryName(Path.GetFullPath(file.Path))!)}"],
            _ => [],
        };
    }

    private static IEnumerable<string> OfWeights(FileInspection file, string path, string model)
    {
        if (file.Network is not { Reason: null } network)
        {
            return File.Exists(ShapeList.PathBeside(file.Path)) ? [$"espalier convert {path} {model}"] : [];
        }

        string rename = string.Concat(network.Rules.Select(rule => $" --rename {CommandLine.Quote(rule.ToString())}"));
        return [$"espalier classify {network.Name} --weights {path}{rename} IMAGES", $"espalier convert {path} {model} --model {network.Name}{rename}"];
    }

    private static string NameOf(FileKind kind) => kind switch
    {
        FileKind.TorchZip => "torch_zip",
        FileKind.TorchLegacyStream => "torch_legacy_stream",
        FileKind.TorchLegacyTar => "torch_legacy_tar",
        FileKind.TrainingCheckpoint => "training_checkpoint",
        FileKind.ShapeList => "shape_list",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
