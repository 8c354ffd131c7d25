using System.Globalization;
using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>What a node computes: attributes only, no numbers, no kernels, no gradients. Compared by value.</summary>
/// <remarks>
/// This is the one contract of an operation. Everything else that can be done with one (running it, differentiating it, counting its
/// multiply-accumulates, writing it to a file) is a table in the consumer, which the compiler holds against the list of all ops (<see cref="OpType"/>).
/// Shapes are of one sample: <c>[channels, height, width]</c> or <c>[features]</c>; a batch is the executor's business.
/// </remarks>
public abstract record Op
{
    private protected Op()
    {
    }

    /// <summary>Which op it is.</summary>
    public abstract OpType Type { get; }

    /// <summary>The op's name in dumps and files, in PyTorch's words: <c>conv2d</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The parameters it needs, in PyTorch's order. None unless overridden.</summary>
    public virtual ValueList<ParameterSpec> Parameters => [];

    /// <summary>The shape of its result.</summary>
    /// <exception cref="GraphException">The inputs, or the op's own attributes, are not possible.</exception>
    public abstract Shape Infer(OpInputs inputs);

    /// <summary>Its attributes for people, without those that have their usual value.</summary>
    protected virtual string Attributes => "";

    /// <summary>A number as dumps and messages show it: the shortest form that reads back the same, in any culture.</summary>
    private protected static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Kind and attributes: <c>conv2d(3→64, 7x7, stride 2, padding 3)</c>.</summary>
    public sealed override string ToString() => Attributes.Length == 0 ? Kind : $"{Kind}({Attributes})";
}
