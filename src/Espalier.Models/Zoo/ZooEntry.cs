using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>A predefined network of <see cref="Zoo"/>.</summary>
public sealed class ZooEntry
{
    private readonly ZooDataSet _dataSet;
    private readonly Func<int, FeatureMap, NetworkDefinition> _write;

    internal ZooEntry(string name, string family, string description, ZooDataSet dataSet, Func<int, FeatureMap, NetworkDefinition> write) =>
        (Name, Family, Description, _dataSet, _write) = (name, family, description, dataSet, write);

    /// <summary>The network's name; torchvision's name if torchvision has the network.</summary>
    public string Name { get; }

    /// <summary>The family of the network, such as <c>ResNet</c>.</summary>
    public string Family { get; }

    /// <summary>A one-line description.</summary>
    public string Description { get; }

    /// <summary>Creates the network, without parameter values.</summary>
    /// <exception cref="GraphException">The options are invalid: a number of classes below 1, an input that is too small, or a block choice that matches no convolution.</exception>
    public NetworkDefinition Create(ZooOptions options = default)
    {
        int classes = options.Classes ?? _dataSet.Classes;
        FeatureMap input = _dataSet.InputFor(options);
        NetworkDefinition definition = _write(classes, input);
        definition = definition with { Metadata = _dataSet.Describe(definition.Metadata with { Architecture = Name }, classes, input) };
        return options.Blocks.Count == 0 ? definition : BlockSubstitution.Apply(definition, options.Blocks.Items.AsSpan()).NetworkDefinition;
    }
}
