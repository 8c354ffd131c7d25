using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>A network of the zoo.</summary>
public sealed class ZooEntry
{
    private readonly ZooDataSet _dataSet;
    private readonly Func<int, FeatureMap, Blueprint> _write;

    internal ZooEntry(string name, string family, string description, ZooDataSet dataSet, Func<int, FeatureMap, Blueprint> write) =>
        (Name, Family, Description, _dataSet, _write) = (name, family, description, dataSet, write);

    /// <summary>Its name: torchvision's where it has one.</summary>
    public string Name { get; }

    /// <summary>The networks it belongs to: <c>ResNet</c>.</summary>
    public string Family { get; }

    /// <summary>What it is, in one line.</summary>
    public string Description { get; }

    /// <summary>The network, without numbers.</summary>
    /// <exception cref="GraphException">The options are not possible: a class count below 1, an image too small, a block for no convolution.</exception>
    public Blueprint Create(ZooOptions options = default)
    {
        int classes = options.Classes ?? _dataSet.Classes;
        FeatureMap input = _dataSet.InputFor(options);
        Blueprint blueprint = _write(classes, input);
        blueprint = blueprint with { Metadata = _dataSet.Describe(blueprint.Metadata with { Architecture = Name }, classes, input) };
        return options.Blocks.Count == 0 ? blueprint : BlockSubstitution.Apply(blueprint, options.Blocks.Items.AsSpan()).Blueprint;
    }
}
