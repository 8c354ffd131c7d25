using System.Diagnostics.CodeAnalysis;
using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>The shapes of a node's inputs, with checks whose errors name the node.</summary>
public readonly ref struct OpInputs(string node, ReadOnlySpan<Shape> shapes)
{
    private readonly ReadOnlySpan<Shape> _shapes = shapes;

    /// <summary>The node's name.</summary>
    public string Node { get; } = node;

    /// <summary>Number of inputs.</summary>
    public int Count => _shapes.Length;

    /// <summary>The shape of the input at <paramref name="index"/>.</summary>
    public Shape this[int index] => _shapes[index];

    /// <summary>The shape of the only input.</summary>
    public Shape Single()
    {
        RequireCount(1);
        return _shapes[0];
    }

    /// <summary>The only input, which must be a feature map.</summary>
    public FeatureMap SingleMap()
    {
        RequireCount(1);
        return Map(0);
    }

    /// <summary>Input <paramref name="index"/>, which must be a feature map.</summary>
    public FeatureMap Map(int index)
    {
        Shape shape = _shapes[index];
        Require(shape.Rank == 3, $"expected a feature map (channels x height x width), found {shape}");
        return new FeatureMap(shape[0], shape[1], shape[2]);
    }

    /// <summary>Throws unless there are exactly <paramref name="count"/> inputs.</summary>
    public void RequireCount(int count) => Require(Count == count, $"takes {count} input(s), found {Count}");

    /// <summary>Throws an error with <paramref name="reason"/> unless <paramref name="condition"/> is true.</summary>
    public void Require([DoesNotReturnIf(false)] bool condition, string reason)
    {
        if (!condition)
        {
            GraphException.Throw(Node, reason);
        }
    }

    /// <summary>Throws unless the input has the number of channels that the op expects.</summary>
    public void RequireChannels(int found, int expected) =>
        Require(found == expected, $"was made for {expected} channels, found {found}");
}
