using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>A value of a parameter that makes a layer's output non-finite: NaN, an infinity, or a negative variance.</summary>
/// <param name="Name">The parameter's name in the state_dict.</param>
/// <param name="Index">The value's index: output channel, then the other axes in PyTorch's order.</param>
/// <param name="Value">The value itself.</param>
internal sealed record ParameterFault(string Name, ValueList<int> Index, float Value)
{
    /// <summary>Finds the first such value among those that contribute to one output channel of a node; <see langword="null"/> if there is none. Masked values count as 0.</summary>
    /// <param name="model">The network.</param>
    /// <param name="node">One of its nodes.</param>
    /// <param name="channel">The output channel, which is every parameter's first axis.</param>
    internal static ParameterFault? Find(Model model, Node node, int channel)
    {
        foreach (ParameterSpec spec in node.Op.Parameters.Where(spec => !spec.IsCounter))
        {
            int length = checked((int)(spec.Shape.Count / spec.Shape[0]));
            ReadOnlySpan<float> numbers = model.Value(node, spec.Role).To(ElementType.Float32).Read<float>().Slice(channel * length, length);
            int at = node.Op is BatchNorm norm && spec.Role == "running_var" && numbers[0] + norm.Epsilon <= 0 ? 0 : NonFinite.IndexOf(numbers);
            if (at >= 0)
            {
                return new ParameterFault(node.Parameter(spec.Role), IndexOf(spec.Shape, (channel * (long)length) + at), numbers[at]);
            }
        }

        return null;
    }

    /// <summary>The fault as text: <c>conv1.weight is NaN at [3, 0, 1, 1]</c>.</summary>
    public override string ToString()
    {
        string why = float.IsFinite(Value) ? ": a variance has to be positive" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Name} is {Value} at [{string.Join(", ", Index)}]{why}");
    }

    private static ValueList<int> IndexOf(Shape shape, long element)
    {
        int[] index = new int[shape.Rank];
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            (element, index[axis]) = (element / shape[axis], (int)(element % shape[axis]));
        }

        return ValueList.From(index);
    }
}
