using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>The networks of <c>tests/oracle</c> under their names there: <c>resnet50</c>, <c>resnet50__dilated</c>.</summary>
public static class OracleNetworks
{
    private static readonly ValueList<bool> Dilated = [false, true, true];

    /// <summary>The definition of a network, for an input of a shape without the batch.</summary>
    public static NetworkDefinition Create(string name, Shape input)
    {
        string[] parts = name.Split("__");
        NetworkDefinition definition = parts.Length == 1 ? Zoo.Create(name) : Variant(parts[0], parts[1]);
        return definition with { Graph = definition.Graph.WithInput(input) };
    }

    /// <summary>A shape written as <c>3x224x224</c>, or <c>scalar</c>.</summary>
    public static Shape Shape(string text) => text == "scalar" ? [] : Tensors.Shape.Of([.. text.Split('x').Select(int.Parse)]);

    private static NetworkDefinition Variant(string model, string variant) => variant switch
    {
        "classes10" => Zoo.Create(model, new ZooOptions { Classes = 10 }),
        "dilated" => ResNet.Create(Options(model) with { DilateInsteadOfStride = Dilated }),
        "group_norm" => ResNet.Create(Options(model) with { Norm = Norms.Group(32) }),
        "gray" => Zoo.Create(model, new ZooOptions { InputChannels = 1 }),
        "width_1_4" => Zoo.Create($"{model}_x1_4"),
        "odd" => Zoo.Create(model),
        "v1" or "plain" => Zoo.Create($"{model}_{variant}"),
        "tiny" => Tiny(model),
        "aux" => Zoo.Create($"{model}_aux"),
        "option_b" => Zoo.Create($"{model}_b"),
        _ => throw new ArgumentException($"The oracle's variant '{variant}' of {model} is not known here.", nameof(variant)),
    };

    // One block for each stage: what a test of every gradient needs, and no more.
    private static NetworkDefinition Tiny(string model) => model == "densenet121"
        ? DenseNet.Create(new DenseNetOptions { Layers = [2, 3, 2, 2], Growth = 12, StemChannels = 16, Classes = 10 })
        : ResNet.Create(Options(model) with { Blocks = [1, 1, 1, 1], Classes = 10 });

    private static ResNetOptions Options(string model) => model switch
    {
        "resnet18" => ResNetTable.ResNet18,
        "resnet50" => ResNetTable.ResNet50,
        "resnext50_32x4d" => ResNetTable.ResNeXt50,
        _ => throw new ArgumentException($"No options are known here for '{model}'.", nameof(model)),
    };
}
