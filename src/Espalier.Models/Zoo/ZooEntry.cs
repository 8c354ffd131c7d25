using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>A predefined network of <see cref="Zoo"/>.</summary>
public sealed class ZooEntry
{
    private readonly ZooDataSet _dataSet;
    private readonly Func<int, FeatureMap, ResidualVariant, NetworkDefinition> _write;

    internal ZooEntry(string name, string family, string description, ZooDataSet dataSet, Func<int, FeatureMap, NetworkDefinition> write)
        : this(name, family, description, dataSet, (classes, input, variant) => variant.IsNone ? write(classes, input) : throw NotResidual(name))
    {
    }

    /// <summary>An entry of a residual network, whose parts can be replaced.</summary>
    internal ZooEntry(string name, string family, string description, ZooDataSet dataSet, Func<int, FeatureMap, ResidualVariant, NetworkDefinition> write) =>
        (Name, Family, Description, _dataSet, _write) = (name, family, description, dataSet, write);

    /// <summary>The network's name; torchvision's name if torchvision has the network.</summary>
    public string Name { get; }

    /// <summary>The family of the network, such as <c>ResNet</c>.</summary>
    public string Family { get; }

    /// <summary>A one-line description.</summary>
    public string Description { get; }

    /// <summary>Creates the network, without parameter values.</summary>
    /// <exception cref="GraphException">The options are invalid: a number of classes below 1, an input that is too small, a block choice that matches no convolution, or parts of a residual network for another one.</exception>
    public NetworkDefinition Create(ZooOptions options = default)
    {
        int classes = options.Classes ?? _dataSet.Classes;
        FeatureMap input = _dataSet.InputFor(options);
        NetworkDefinition definition = _write(classes, input, options.Residual);
        definition = definition with { Metadata = _dataSet.Describe(definition.Metadata with { Architecture = Name }, classes, input) };
        return options.Blocks.Count == 0 ? definition : BlockSubstitution.Apply(definition, options.Blocks.Items.AsSpan()).NetworkDefinition;
    }

    /// <summary>The same network under another name, for another data set.</summary>
    internal ZooEntry Under(string name, ZooDataSet dataSet) => new(name, Family, Description, dataSet, _write);

    private static GraphException NotResidual(string name) =>
        new(name, "expected a residual network, since a stem, shortcut, attention, pooling or norm is chosen, found a network of another family");
}
