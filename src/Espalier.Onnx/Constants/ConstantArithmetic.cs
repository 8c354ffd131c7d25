using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Element by element functions of constants, with ONNX's broadcasting.</summary>
internal static class ConstantArithmetic
{
    /// <summary>The name here for a Mod node with <c>fmod</c>: the remainder of the division towards zero, with the sign of the dividend.</summary>
    internal const string Remainder = "Mod fmod";

    /// <summary>Functions of one number by the op's name.</summary>
    internal static Func<double, double>? Unary(string op) => op switch
    {
        "Neg" => x => -x,
        "Abs" => Math.Abs,
        "Floor" => Math.Floor,
        "Ceil" => Math.Ceiling,
        "Round" => x => Math.Round(x, MidpointRounding.ToEven),
        "Sqrt" => Math.Sqrt,
        "Reciprocal" => x => 1 / x,
        "Exp" => Math.Exp,
        "Log" => Math.Log,
        "Sign" => x => Math.Sign(x),
        "Not" => x => x == 0 ? 1 : 0,
        _ => null,
    };

    /// <summary>Applies a function of one number; <see langword="null"/> where it would need the batch size.</summary>
    internal static Constant? Apply(string op, Constant x)
    {
        Func<double, double> function = Unary(op)!;
        bool isKept = op is "Floor" or "Ceil" or "Round" or "Abs"; // of a positive integer
        if (x.Elements.Any(element => element.IsBatch) && !isKept)
        {
            return null;
        }

        return new Constant(x.Shape, x.Kind, Array.ConvertAll(x.Elements, element => element.IsBatch ? element : new Element(function(element.Value))));
    }

    /// <summary>Applies a function of two numbers; <see langword="null"/> where it would need the batch size, or the shapes do not broadcast.</summary>
    internal static Constant? Apply(string op, Constant a, Constant b)
    {
        if (Broadcast(a.Shape, b.Shape) is not Shape shape)
        {
            return null;
        }

        bool isInteger = a.Kind == ConstantKind.Integer && b.Kind == ConstantKind.Integer;
        Element[] elements = new Element[shape.Count];
        int[] left = Sources(a.Shape, shape);
        int[] right = Sources(b.Shape, shape);
        for (int i = 0; i < elements.Length; i++)
        {
            if (Of(op, a.Elements[left[i]], b.Elements[right[i]], isInteger) is not Element element)
            {
                return null;
            }

            elements[i] = element;
        }

        ConstantKind kind = op is "Equal" or "Less" or "Greater" or "LessOrEqual" or "GreaterOrEqual" or "And" or "Or" ? ConstantKind.Boolean : isInteger ? ConstantKind.Integer : ConstantKind.Real;
        return new Constant(shape, kind, elements);
    }

    /// <summary>Chooses between two constants by a third.</summary>
    internal static Constant? Where(Constant condition, Constant yes, Constant no)
    {
        if (Broadcast(yes.Shape, no.Shape) is not Shape both || Broadcast(condition.Shape, both) is not Shape shape || condition.Elements.Any(element => element.IsBatch))
        {
            return null;
        }

        var elements = new Element[shape.Count];
        int[] chosen = Sources(condition.Shape, shape);
        int[] left = Sources(yes.Shape, shape);
        int[] right = Sources(no.Shape, shape);
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = condition.Elements[chosen[i]].Value != 0 ? yes.Elements[left[i]] : no.Elements[right[i]];
        }

        return new Constant(shape, yes.Kind, elements);
    }

    /// <summary>The shape of the result of an op that broadcasts, or <see langword="null"/>.</summary>
    internal static Shape? Broadcast(Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        var extents = new int[rank];
        long count = 1;
        for (int i = 0; i < rank; i++)
        {
            int x = i < rank - a.Rank ? 1 : a[i - (rank - a.Rank)];
            int y = i < rank - b.Rank ? 1 : b[i - (rank - b.Rank)];
            extents[i] = x == 1 ? y : x;
            count *= Math.Max(1, extents[i]);
            if ((x != y && x != 1 && y != 1) || count > int.MaxValue)
            {
                return null;
            }
        }

        return Shape.Of(extents);
    }

    /// <summary>For each element of a broadcast result, the index of the element that it reads.</summary>
    internal static int[] Sources(Shape shape, Shape result)
    {
        var strides = new int[result.Rank];
        int stride = 1;
        for (int i = shape.Rank - 1; i >= 0; i--)
        {
            strides[i + result.Rank - shape.Rank] = shape[i] == 1 ? 0 : stride;
            stride *= shape[i];
        }

        return ConstantLayout.Indices(result, strides, 0);
    }

    private static Element? Of(string op, Element a, Element b, bool isInteger) => (a.IsBatch, b.IsBatch) switch
    {
        (false, false) => new Element(Of(op, a.Value, b.Value, isInteger)),
        _ => op switch
        {
            "Mul" when a.IsBatch != b.IsBatch => new Element(a.Value * b.Value, true),
            "Div" when a.IsBatch && !b.IsBatch && (a.Value % b.Value == 0 || !isInteger) => new Element(a.Value / b.Value, true),
            "Div" when a.IsBatch && b.IsBatch => new Element(Of(op, a.Value, b.Value, isInteger)),
            "Add" or "Sub" when a.IsBatch && b is { IsBatch: false, Value: 0 } => a,
            "Add" when b.IsBatch && a is { IsBatch: false, Value: 0 } => b,
            "Equal" when a.IsBatch && b.IsBatch => new Element(a.Value == b.Value ? 1 : 0),
            "Equal" when (a.IsBatch ? b.Value : a.Value) <= 0 => new Element(0), // a batch has at least one sample
            _ => null,
        },
    };

    private static double Of(string op, double a, double b, bool isInteger) => op switch
    {
        "Add" => a + b,
        "Sub" => a - b,
        "Mul" => a * b,
        "Div" => isInteger ? Math.Truncate(a / b) : a / b,
        "Mod" => isInteger ? a - (b * Math.Floor(a / b)) : a % b,
        Remainder => a % b,
        "Pow" => Math.Pow(a, b),
        "Min" => Math.Min(a, b),
        "Max" => Math.Max(a, b),
        "Equal" => a == b ? 1 : 0,
        "Less" => a < b ? 1 : 0,
        "Greater" => a > b ? 1 : 0,
        "LessOrEqual" => a <= b ? 1 : 0,
        "GreaterOrEqual" => a >= b ? 1 : 0,
        "And" => a != 0 && b != 0 ? 1 : 0,
        "Or" => a != 0 || b != 0 ? 1 : 0,
        _ => throw new UnsupportedNodeException("of constants"),
    };
}
