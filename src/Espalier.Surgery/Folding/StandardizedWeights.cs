using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The weights that a convolution or linear layer uses: those of its parameter, standardized if the convolution has <see cref="Conv2d.StandardizationEpsilon"/>.</summary>
internal static class StandardizedWeights
{
    /// <summary>The weights in double.</summary>
    internal static double[] Numbers(Model model, Node layer)
    {
        Tensor weight = model.Value(layer, "weight");
        return layer.Op is Conv2d { StandardizationEpsilon: double epsilon }
            ? WeightStandardization.Of(weight.To(ElementType.Float32).Read<float>(), weight.Shape[0], epsilon)
            : Doubles.Of(weight);
    }

    /// <summary>The layer's op without standardization, and the parameter that it then needs: the standardized weights, rounded once, without a mask, because they are dense.</summary>
    internal static (Op Op, Parameter Weight) Written(Model model, Node layer)
    {
        Parameter weight = model.Parameters[layer.Parameter("weight")];
        return layer.Op is Conv2d { StandardizationEpsilon: not null } conv
            ? (conv with { StandardizationEpsilon = null }, weight with { Value = Doubles.ToFloat(Numbers(model, layer), weight.Value.Shape), Mask = null })
            : (layer.Op, weight);
    }
}
