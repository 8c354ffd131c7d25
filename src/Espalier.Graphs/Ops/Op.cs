using System.Globalization;
using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>The operation of a node: attributes only, without parameters, kernels or gradients. Compared by value.</summary>
/// <remarks>
/// An op defines only its name, parameters and shape inference. Everything else (executing it, differentiating it, counting its
/// multiply-accumulates, writing it to a file) is a table in the consumer, which the compiler holds against the list of all ops (<see cref="OpType"/>).
/// Shapes are of one sample: <c>[channels, height, width]</c> or <c>[features]</c>; executors add the batch axis.
/// </remarks>
public abstract record Op
{
    private protected Op()
    {
    }

    /// <summary>Which op it is.</summary>
    public abstract OpType Type { get; }

    /// <summary>The op's name in dumps and files, as in PyTorch: <c>conv2d</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The op's parameters, in PyTorch's order; empty by default.</summary>
    public virtual ValueList<ParameterSpec> Parameters => [];

    /// <summary>Infers the shape of the output.</summary>
    /// <exception cref="GraphException">The inputs, or the op's own attributes, are invalid.</exception>
    public abstract Shape Infer(OpInputs inputs);

    /// <summary>The attributes as text, without those that have their default value.</summary>
    protected virtual string Attributes => "";

    /// <summary>A number as shown in dumps and messages: the shortest form that parses to the same value, independent of culture.</summary>
    private protected static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Kind and attributes as text: <c>conv2d(3→64, 7x7, stride 2, padding 3)</c>.</summary>
    public sealed override string ToString() => Attributes.Length == 0 ? Kind : $"{Kind}({Attributes})";
}
