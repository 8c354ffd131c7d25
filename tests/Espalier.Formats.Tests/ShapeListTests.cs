using System.Text;
using Espalier.Formats.Tests.Support;
using Espalier.Graphs;

namespace Espalier.Formats.Tests;

public class ShapeListTests
{
    public static TheoryData<string, string, string> Changes => new()
    {
        // what of the JSON is replaced, by what, what the error says
        { "\"version\": 1", "\"version\": 9", "shape list is of format version 9" },
        { "\"conv1.bias\"", "\"conv9.bias\"", "shape list.parameters has no 'conv1.bias'" },
        { "\"parameters\": {", "\"parameters\": {\"more\": [1],", "the unknown field 'more'" },
        { "\"parameters\": {", "\"parameters\": {\"conv1.weight\": [1],", "is not valid JSON" },
        { "\"channels\": 4", "\"channels\": 3", "does not describe a valid network" },
        { "\"out_channels\": 4", "\"out_channels\": 2000000000", "does not describe a valid network" },
        { "\"out_features\": 2", "\"out_features\": 3", "gives 'fc.weight' the shape 2x4, but its layer needs 3x4" },
        { "\"op\": \"relu\"", "\"op\": \"exec\"", "which this version does not support" },
        { "{", "[", "is not valid JSON" },
        { "{", "\uFEFF{", "is not valid JSON" },
    };

    [Fact]
    public void Weights_and_shape_list_make_the_model_again()
    {
        using var folder = new TemporaryFolder();
        Model model = SmallModel.Make(1);
        TorchZipWriter.Write(folder["small.pth"], model.ToMaskedStateDict());
        ShapeList.Write(ShapeList.PathBeside(folder["small.pth"]), new NetworkDefinition(model.Graph, model.Metadata));

        NetworkDefinition network = ShapeList.Read(folder["small.shapes.json"]);
        Assert.Equal(model.Graph, network.Graph);
        Assert.Equal(model.Metadata, network.Metadata);
        StateDicts.AssertBitEqual(model.ToMaskedStateDict(), network.Load(CheckpointReader.Read(folder["small.pth"]).StateDict).ToMaskedStateDict());
        Assert.Throws<StateDictMismatchException>(() => network.Load(StateDicts.OfEveryType(1)));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void What_does_not_belong_there_is_refused(string text, string replacement, string reason)
    {
        using var folder = new TemporaryFolder();
        Model model = SmallModel.Make(2);
        ShapeList.Write(folder["a"], new NetworkDefinition(model.Graph, model.Metadata));
        string json = File.ReadAllText(folder["a"]).Replace("\r\n", "\n", StringComparison.Ordinal);
        int at = json.IndexOf(text, StringComparison.Ordinal);
        Assert.True(at >= 0, text);
        File.WriteAllText(folder["a"], json[..at] + replacement + json[(at + text.Length)..], new UTF8Encoding(false));
        Assert.Contains(reason, Refusal(folder["a"], Limits.Default), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_text_too_long_or_cut_off_is_refused()
    {
        using var folder = new TemporaryFolder();
        Model model = SmallModel.Make(3);
        ShapeList.Write(folder["a"], new NetworkDefinition(model.Graph, model.Metadata));
        byte[] whole = File.ReadAllBytes(folder["a"]);
        Assert.Contains("more than the limit", Refusal(folder["a"], Limits.Default with { HeaderBytes = 1000 }), StringComparison.Ordinal);
        Assert.Contains("more than 5 nodes", Refusal(folder["a"], Limits.Default with { GraphNodes = 5 }), StringComparison.Ordinal);
        File.WriteAllBytes(folder["b"], [0xff, .. whole]);
        Assert.Contains("not UTF-8", Refusal(folder["b"], Limits.Default), StringComparison.Ordinal);
        for (int length = 0; length < whole.Length; length += 97)
        {
            File.WriteAllBytes(folder["b"], whole[..length]);
            Refusal(folder["b"], Limits.Default);
        }
    }

    private static string Refusal(string path, Limits limits) => Assert.Throws<MalformedInputException>(() => ShapeList.Read(path, limits)).Message;
}
