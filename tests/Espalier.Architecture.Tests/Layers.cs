using System.Xml.Linq;

namespace Espalier.Architecture.Tests;

/// <summary>The table of layers: imports only go down.</summary>
internal static class Layers
{
    internal static IReadOnlyDictionary<string, int> Of { get; } = new Dictionary<string, int>
    {
        ["Espalier.Tensors"] = 0,
        ["Espalier.Kernels"] = 1,
        ["Espalier.Graphs"] = 1,
        ["Espalier.Imaging"] = 1,
        ["Espalier.Models"] = 2,
        ["Espalier.Formats"] = 2,
        ["Espalier.ImageSharp"] = 2,
        ["Espalier.Surgery"] = 2,
        ["Espalier.Execution"] = 2,
        ["Espalier.Data"] = 2,
        ["Espalier.Inference"] = 3,
        ["Espalier.Training"] = 3,
        ["Espalier.Onnx"] = 3,
        ["Espalier.Accelerated"] = 4,
        ["Espalier.Distributed"] = 3,
        ["Espalier"] = 4,
        ["Espalier.Serving"] = 5,
        ["Espalier.Cli"] = 6,
    };

    /// <summary>What is wrong with a project, one line for each fault.</summary>
    internal static IEnumerable<string> Faults(string project, string projectFile)
    {
        if (!Of.TryGetValue(project, out int layer))
        {
            yield return $"{project} is in no layer";
            yield break;
        }

        XDocument xml = XDocument.Parse(projectFile);
        foreach (string imported in Included(xml, "ProjectReference").Select(path => path.Replace('\\', '/').Split('/')[^1].Replace(".csproj", "", StringComparison.Ordinal)))
        {
            if (!Of.TryGetValue(imported, out int below))
            {
                yield return $"{project} imports {imported}, which is in no layer";
            }
            else if (below >= layer)
            {
                yield return $"{project} of layer {layer} imports {imported} of layer {below}";
            }
        }

        foreach (string other in Included(xml, "Reference").Concat(xml.Descendants("Import").Select(import => import.Attribute("Project")?.Value ?? "")))
        {
            yield return $"{project} takes in {other} past the table";
        }
    }

    /// <summary>What a project file includes as items of a kind.</summary>
    internal static IEnumerable<string> Included(XDocument project, string item) =>
        project.Descendants(item).SelectMany(element => (element.Attribute("Include")?.Value ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries));
}
