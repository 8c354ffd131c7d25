using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>What a node under construction yields: blocks are functions from values to values.</summary>
public readonly struct Value : IEquatable<Value>
{
    internal Value(GraphBuilder builder, string name, Shape shape) => (Builder, Name, Shape) = (builder, name, shape);

    /// <summary>The builder it belongs to. A value that came out of no builder (<c>default</c>) has none and fits nowhere.</summary>
    public GraphBuilder Builder { get; }

    /// <summary>The full name of its node.</summary>
    public string Name { get; }

    /// <summary>Its shape, for one sample.</summary>
    public Shape Shape { get; }

    /// <summary>Channels of a map, or features of a vector.</summary>
    public int Channels => Shape[0];

    /// <summary>Applies an op that reads only this value.</summary>
    public Value Then(string name, Op op) => Builder.Append(name, op, [this]);

    /// <summary>Writes a part of the network within a scope: <c>x.In("layer1", x => …)</c>.</summary>
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

    /// <summary>Whether both are the result of the same node.</summary>
    public static bool operator ==(Value left, Value right) => left.Equals(right);

    /// <summary>Whether they are results of different nodes.</summary>
    public static bool operator !=(Value left, Value right) => !left.Equals(right);
}
