namespace Espalier.Onnx;

/// <summary>A function of the elements of one value, as nodes spell it out: a tree of element by element functions over that value and numbers.</summary>
/// <remarks>It becomes an op only when something else reads it, so that the five nodes of a GELU, however they are arranged, become one.</remarks>
internal sealed class Expression
{
    /// <summary>The size beyond which an expression is cut in two: no activation has as many functions.</summary>
    internal const int MostFunctions = 40;

    private readonly Func<double[], double>? _function;
    private readonly Expression[] _arguments;
    private readonly double _number;

    /// <summary>The elements of a value themselves.</summary>
    internal Expression(DraftNode leaf) => (Base, Leaf, _arguments, Size) = (leaf, leaf, [], 0);

    /// <summary>A number.</summary>
    /// <param name="number">The number.</param>
    /// <param name="isHalf">Whether it was rounded to 16 bits.</param>
    internal Expression(double number, bool isHalf) => (_number, _arguments, IsHalf) = (number, [], isHalf);

    /// <summary>A function of others, at least one of which is no number. All that are none have the same base.</summary>
    internal Expression(OnnxNode source, Func<double[], double> function, Expression[] arguments)
    {
        (Source, _function, _arguments) = (source, function, arguments);
        Base = arguments.First(argument => argument.Base is not null).Base;
        Size = 1 + arguments.Sum(argument => argument.Size);
        IsHalf = arguments.Any(argument => argument.IsHalf);
    }

    /// <summary>The value that it is a function of; <see langword="null"/> for a number.</summary>
    internal DraftNode? Base { get; }

    /// <summary>The value itself, if it is no function of it.</summary>
    internal DraftNode? Leaf { get; }

    /// <summary>The node that applies the function.</summary>
    internal OnnxNode? Source { get; }

    /// <summary>Number of functions in the tree.</summary>
    internal int Size { get; }

    /// <summary>Whether a number in it was rounded to 16 bits.</summary>
    internal bool IsHalf { get; }

    /// <summary>The arguments of the function.</summary>
    internal IReadOnlyList<Expression> Arguments => _arguments;

    /// <summary>The node that computes it, once there is one.</summary>
    internal DraftNode? Result { get; set; }

    /// <summary>The same function of other arguments.</summary>
    internal Expression Of(Expression[] arguments) => new(Source!, _function!, arguments);

    /// <summary>The function's value where the element is <paramref name="x"/>.</summary>
    internal double At(double x) => Leaf is not null ? x : _function is null ? _number : _function(Array.ConvertAll(_arguments, argument => argument.At(x)));

    /// <summary>The numbers in it: those that are operands, and those that its nodes have as attributes, such as the bounds of a Clip of operator set 6.</summary>
    internal IEnumerable<double> Numbers() => _function is null && Leaf is null ? [_number] : _arguments.SelectMany(argument => argument.Numbers()).Concat(Source?.Numbers() ?? []);
}
