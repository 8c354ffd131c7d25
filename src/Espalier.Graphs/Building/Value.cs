using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>The output of a node under construction. Blocks are functions from values to values.</summary>
public readonly struct Value : IEquatable<Value>
{
    internal Value(GraphBuilder builder, string name, Shape shape) => (Builder, Name, Shape) = (builder, name, shape);

    /// <summary>The builder it belongs to; <see langword="null"/> for <c>default</c>, which cannot be used.</summary>
    public GraphBuilder Builder { get; }

    /// <summary>The full name of the node.</summary>
    public string Name { get; }

    /// <summary>The shape of the output, for one sample.</summary>
    public Shape Shape { get; }

    /// <summary>Channels of a feature map, or features of a vector.</summary>
    public int Channels => Shape[0];

    /// <summary>Appends a node whose only input is this value.</summary>
    public Value Then(string name, Op op) => Builder.Append(name, op, [this]);

    /// <summary>Builds a part of the network within a scope: <c>x.In("layer1", x => …)</c>.</summary>
    public Value In(string scope, Func<Value, Value> part)
    {
        ArgumentNullException.ThrowIfNull(part);
        Value self = this;
        return Builder.In(scope, () => part(self));
    }

    /// <inheritdoc/>
    public bool Equals(Value other) => Builder == other.Builder && Name == other.Name;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Value other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Builder, Name);

    /// <summary>Whether both are the output of the same node.</summary>
    public static bool operator ==(Value left, Value right) => left.Equals(right);

    /// <summary>Whether they are outputs of different nodes.</summary>
    public static bool operator !=(Value left, Value right) => !left.Equals(right);
}
