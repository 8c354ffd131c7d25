using System.Text.Json;
using Espalier.Testing;

namespace Espalier.Training.Tests.Support;

/// <summary>PyTorch's answers about training: <c>tests/oracle/make_trainer.py</c>.</summary>
internal static class TrainingFixture
{
    /// <summary>The cases of one file by name.</summary>
    internal static JsonElement Case(string file, string name) => Cases(file).Single(one => one.GetProperty("case").GetString() == name);

    /// <summary>All cases of one file.</summary>
    internal static JsonElement[] Cases(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(OracleFiles.Path($"trainer/{file}.json")));
        return [.. document.RootElement.Clone().EnumerateArray()];
    }

    /// <summary>The numbers of an array.</summary>
    internal static double[] Numbers(this JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(number => number.GetDouble())];
}
